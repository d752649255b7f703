/**
 * The page's script: filters and copy buttons. Everything on the page can be read without it; the tools it serves stay
 * hidden until it runs. It reads text that is already on the page and never writes markup.
 */
export const script = `
(() => {
  const tools = document.querySelector('.tools');
  if (!tools) return;
  const alerts = [...document.querySelectorAll('.alert')];
  const days = [...document.querySelectorAll('.day')];
  const search = tools.querySelector('input[type=search]');
  const boxes = [...tools.querySelectorAll('input[type=checkbox]')];
  const shown = tools.querySelector('.shown');
  const texts = new Map();
  const textOf = (alert) => {
    if (!texts.has(alert)) texts.set(alert, alert.textContent.toLowerCase());
    return texts.get(alert);
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const daysLeft = new Set();
    let left = 0;
    for (const alert of alerts) {
      const fits = levels.has(alert.dataset.level) && words.every((word) => textOf(alert).includes(word));
      alert.hidden = !fits;
      if (fits) { left++; daysLeft.add(alert.dataset.day); }
    }
    for (const day of days) day.hidden = !daysLeft.has(day.dataset.day);
    shown.textContent = left === alerts.length ? '' : left + ' of ' + alerts.length + ' shown';
  };
  search.addEventListener('input', filter);
  for (const box of boxes) box.addEventListener('change', filter);
  const openAll = (open) => { for (const alert of alerts) if (!alert.hidden) alert.open = open; };
  tools.querySelector('[data-do=open]').addEventListener('click', () => openAll(true));
  tools.querySelector('[data-do=close]').addEventListener('click', () => openAll(false));
  for (const query of document.querySelectorAll('.query')) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'Copy';
    button.addEventListener('click', async () => {
      const text = query.querySelector('pre').textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
      } catch {
        getSelection().selectAllChildren(query.querySelector('pre'));
        button.textContent = 'Selected: press Ctrl+C';
      }
      setTimeout(() => { button.textContent = 'Copy'; }, 2500);
    });
    query.append(button);
  }
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    if (target && target.matches('.alert')) target.open = true;
  };
  addEventListener('hashchange', reveal);
  tools.hidden = false;
  filter();
  reveal();
})();
`;
