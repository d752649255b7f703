/** The evidence page's script: sorts and filters the table. The page is complete without it; it never writes markup. */
export const evidenceScript = `
(() => {
  const tools = document.querySelector('.tools');
  const table = document.querySelector('table.answer');
  if (!tools || !table) return;
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const search = tools.querySelector('input[type=search]');
  const shown = tools.querySelector('.shown');
  search.addEventListener('input', () => {
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let left = 0;
    rows.forEach((row, index) => {
      row.hidden = !words.every((word) => texts[index].includes(word));
      if (!row.hidden) left++;
    });
    shown.textContent = left === rows.length ? '' : left + ' of ' + rows.length + ' rows shown';
  });
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector('button');
    button.addEventListener('click', () => {
      const down = head.getAttribute('aria-sort') === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const number = head.classList.contains('n');
      const valueOf = (row) => row.cells[column].textContent;
      const compare = (a, b) => {
        const [x, y] = [valueOf(a), valueOf(b)];
        if (x === '' || y === '') return x === y ? 0 : x === '' ? 1 : -1;
        const order = number ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0;
        return down ? -order : order;
      };
      body.append(...[...rows].sort(compare));
    });
  });
  tools.hidden = false;
})();
`;
