const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** monthOf counts the months from 1 by the English names that logs use; 0 for any other word. */
export function monthOf(name: string): number {
  return months.indexOf(name) + 1;
}
