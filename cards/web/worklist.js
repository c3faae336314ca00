'use strict';
(() => {
  const table = document.getElementById('list');
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const filters = document.getElementById('filters');
  const words = document.getElementById('words');
  const outcome = document.getElementById('outcome');
  const shown = document.getElementById('shown');
  const order = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  function filter() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = (!outcome.value || row.dataset.outcome === outcome.value) &&
        wanted.every((word) => text.includes(word));
      row.hidden = !fits;
      if (fits) ++count;
    }
    shown.textContent = filters.dataset.shown.replace('%1', count).replace('%2', rows.length);
  }

  function keyOf(row, column, kind) {
    return kind === 'rank' ? row.dataset.rank : row.cells[column].textContent;
  }

  function sort(head) {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const column = head.cellIndex;
    const kind = head.dataset.sort;
    const keyed = rows.map((row) => [keyOf(row, column, kind), row]);
    // What is empty stays at the end, whichever way it is sorted.
    keyed.sort(([a], [b]) => (a === '') - (b === '') || (down ? order(b, a) : order(a, b)));
    rows.splice(0, rows.length, ...keyed.map(([, row]) => row));
    body.append(...rows);
  }

  for (const head of table.tHead.rows[0].cells) {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    button.addEventListener('click', () => sort(head));
    head.append(button);
  }
  filters.addEventListener('submit', (event) => event.preventDefault());
  words.addEventListener('input', filter);
  outcome.addEventListener('change', filter);
  filters.hidden = false;
  filter();
})();
