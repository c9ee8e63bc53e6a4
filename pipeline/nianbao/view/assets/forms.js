// The official forms, redrawn with the figures that the report prints.

function tablesPart(side) {
  const shown = side.record.tables
    .map((table, t) => ({ table, t }))
    .filter(({ table, t }) => {
      if (!side.filtering) return true;
      if (side.filter.confidence < 1) return false; // cells carry no confidence of their own
      return [...cellsOf(table)].some(([row, column, cell]) => side.passes(cellPath(t, row, column), cell));
    });
  return (
    shown.length > 0 &&
    shown.map(({ table, t }) =>
      el(
        'div',
        {
          class: 'sheet',
          tabindex: '0',
          role: 'region',
          'aria-label': page.shared.forms[table.form]?.title ?? word('unknown_table'),
        },
        table.cells ? formPart(side, table, t) : unknown(table),
      ),
    )
  );
}

function formPart(side, table, t) {
  const form = page.shared.forms[table.form] ?? formOf(table);
  const columns = form.columns.filter(([id]) => form.rows.some((row) => row.columns.includes(id)));
  const single = columns.length === 1;
  const head = el(
    'tr',
    {},
    el('th', { scope: 'col' }),
    columns.map(([, label]) => el('th', { scope: 'col' }, label)),
  );
  const body = form.rows.map((row) =>
    el(
      'tr',
      { class: row.id ? null : 'heading' },
      el(
        'th',
        { scope: 'row', colspan: row.id ? null : String(columns.length + 1) },
        row.label,
        single && el('span', { class: 'unit' }, row.unit),
      ),
      row.id && columns.map(([column]) => cellPart(side, table, t, row, column)),
    ),
  );
  return el(
    'table',
    { class: single ? null : 'wide' },
    el('caption', {}, `${form.title} `, el('span', { class: 'id' }, editionOf(table.form))),
    el('thead', {}, head),
    el('tbody', {}, body),
  );
}

function cellPart(side, table, t, row, column) {
  const cell = table.cells[row.id]?.[column];
  if (!row.columns.includes(column) || !cell) return el('td', { class: 'void' });
  const path = cellPath(t, row.id, column);
  const marks = [
    side.broken.has(path) && 'broken',
    side.app.corrections.has(path) && 'mended',
    cell.value === null && 'without',
  ]
    .filter(Boolean)
    .join(' ');
  const failed = side.broken.get(path) ?? [];
  const shown = cell.value === null ? (STATES[cell.state] ?? cell.state) : number(cell.value);
  const said = [nameOf('states', cell.state), cell.unit, ...failed].filter(Boolean).join(' · ');
  const opener = side.opener(
    path,
    cell,
    { class: 'goto', 'aria-label': `${row.label} ${shown} ${said}` },
    shown || '\u00a0',
    failed.length > 0 && el('sup', {}, failed[0]),
  );
  opener.title = said;
  return el('td', { class: marks }, opener);
}

// A form that this page does not know, by the ids that the record names.
function formOf(table) {
  const rows = Object.entries(table.cells).map(([id, cells]) => ({
    id,
    label: id,
    unit: '',
    columns: Object.keys(cells),
  }));
  return { title: table.form, rows, columns: [...new Set(rows.flatMap((row) => row.columns))].map((id) => [id, id]) };
}

function unknown(table) {
  return el(
    'table',
    {},
    el('caption', {}, word('unknown_table')),
    el(
      'tbody',
      {},
      table.rows.map((row) =>
        el(
          'tr',
          {},
          row.map((cell) => el('td', {}, brief(cell, 80))),
        ),
      ),
    ),
  );
}

const editionOf = (form) => form.replace(/^.*_(?=\d{4}$)/, '').replace(/\D+/, '');

const rowLabel = (at) =>
  page.shared.forms[at.form]?.rows.find((row) => row.id === at.row)?.label.replace(/(?<=.)[(（][^()（）]*[)）]$/, '') ??
  at.row;

const STATES = { blank: '', dash: '—', text: '…', unreadable: '?', missing: '×' };
