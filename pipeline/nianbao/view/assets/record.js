// The record of a report: what was read, each value with the way to its evidence.

const FIRST = 100; // rows of a long list that are built at once

class RecordSide {
  constructor(root, app) {
    this.root = root;
    this.app = app;
    this.filter = { confidence: 1, failed: false, label: null };
  }

  show(record) {
    this.record = record;
    this.broken = brokenPaths(record);
    const parts = [
      ['identity', this.identity()], ['contact', this.contact()], ['checks', this.checks()], ['conflicts', this.conflicts()],
      ['indicators', this.indicators()], ['tables', this.tables()], ['problems', this.items('problems')],
      ['measures', this.items('measures')], ['facts', this.uncounted()], ['others', this.others()], ['warnings', this.warnings()],
    ].filter(([, content]) => content);
    const top = this.root.scrollTop;
    const kept = this.app.current;
    fill(this.root, this.navigation(parts), this.filters(), parts.map(([name, content]) => el(
      'section', { class: 'part', id: `part-${name}`, 'aria-labelledby': `head-${name}` },
      el('h2', { id: `head-${name}` }, word(name)), content,
    )));
    if (!parts.some(([name]) => !['identity', 'checks'].includes(name)) && this.filtering) this.root.append(el('p', { class: 'none' }, word('no_match')));
    this.root.scrollTop = top;
    if (kept) this.root.querySelector(`[data-path="${CSS.escape(kept)}"]`)?.classList.add('current');
  }

  get filtering() {
    return this.filter.confidence < 1 || this.filter.failed || this.filter.label !== null;
  }

  navigation(parts) {
    const count = { checks: this.record.checks.filter((c) => c.status === 'fail').length, indicators: Object.keys(this.record.indicators).length };
    return el('nav', { class: 'parts', 'aria-label': word('record') }, parts.map(([name]) => el('button', {
      type: 'button', on: { click: () => byId(`part-${name}`).scrollIntoView({ block: 'start' }) },
    }, word(name), count[name] ? el('span', { class: name === 'checks' ? 'count bad' : 'count' }, String(count[name])) : null)));
  }

  filters() {
    const { filter } = this;
    const changed = () => this.app.filtered();
    const shown = el('output', {}, filter.confidence.toFixed(2));
    const range = el('input', { type: 'range', id: 'confidence', min: '0', max: '1', step: '0.01', value: String(filter.confidence), on: {
      input: () => { shown.textContent = Number(range.value).toFixed(2); },
      change: () => { filter.confidence = Number(range.value); changed(); byId('confidence').focus(); },
    } });
    const failed = el('input', { type: 'checkbox', id: 'only-failed', checked: filter.failed, on: { change: () => { filter.failed = failed.checked; changed(); byId('only-failed').focus(); } } });
    return el('div', { class: 'filters' },
      el('label', {}, word('at_most'), range, shown), el('label', {}, failed, word('only_failed')),
      this.filtering ? el('button', { type: 'button', class: 'quiet', on: { click: () => { this.filter = { confidence: 1, failed: false, label: null }; changed(); } } }, word('clear')) : null);
  }

  // Whether the filters let a value through.
  passes(path, value) {
    const { confidence, failed, label } = this.filter;
    if (confidence < 1 && !(value.confidence <= confidence)) return false;
    if (failed && !this.broken.has(path)) return false;
    return label === null || (value.start !== null && this.app.sectionAt(value.start) === label);
  }

  identity() {
    const rows = FIELDS.map((name) => {
      const value = this.record[name];
      return value ? this.value(`fields/${name}`, nameOf('fields', name), plain(value.value), value) : el('li', { class: 'row absent' }, el('span', { class: 'name' }, nameOf('fields', name)), el('span', { class: 'words' }, '—'));
    });
    const { agency } = this.record;
    if (agency) {
      const { province, city, county, township, code } = agency.region;
      const facts = [[province, city, county, township].filter(Boolean).join(' '), code, agency.level && nameOf('levels', agency.level),
        word(agency.scope === 'region' ? 'whole_region' : 'body')].filter(Boolean).join(' · ');
      rows.splice(2, 0, el('li', { class: 'row note' }, el('span', { class: 'name' }), el('span', { class: 'words' }, visible(facts))));
    }
    return list(rows);
  }

  contact() {
    const rows = Object.entries(this.record.contact).flatMap(([name, values]) => values.map((value, i) => (
      this.passes(`fields/contact.${name}/${i}`, value) && this.value(`fields/contact.${name}/${i}`, nameOf('fields', `contact.${name}`), plain(value.value), value))));
    return rows.some(Boolean) && list(rows);
  }

  indicators() {
    const groups = new Map();
    for (const [id, group] of page.shared.indicators) {
      const value = this.record.indicators[id];
      if (!value || !this.passes(`indicators/${id}`, value)) continue;
      const shown = `${value.approx ? `${word('approx')} ` : ''}${number(value.value)}`;
      groups.set(group, [...(groups.get(group) ?? []), this.value(`indicators/${id}`, nameOf('indicators', id), shown, value, value.unit)]);
    }
    return groups.size > 0 && [...groups].map(([group, rows]) => el('div', { class: 'group' }, el('h3', {}, nameOf('groups', group)), list(rows, 'numbers')));
  }

  // One value: its name, the value itself, how it was read and how surely.
  value(path, name, shown, value, unit = '') {
    const marks = [this.broken.has(path) && 'broken', this.app.corrections.has(path) && 'mended'].filter(Boolean).join(' ');
    const sure = Math.round(value.confidence * 100);
    const how = value.rule ? `${nameOf('sources', value.source)} ${value.rule}` : nameOf('sources', value.source);
    return el('li', { class: `row ${marks}` },
      this.opener(path, value, { class: 'goto' },
        el('span', { class: 'name' }, visible(name)), el('span', { class: 'words' }, visible(shown), unit && el('span', { class: 'unit' }, unit)),
        el('span', { class: 'how' }, how), el('span', { class: `sure ${sure < 70 ? 'low' : sure < 90 ? 'middling' : ''}` }, `${sure}%`)),
      el('button', { type: 'button', class: 'edit', title: word('edit_of', name), 'aria-label': word('edit_of', name), on: { click: () => this.app.edit(path) } }, '✎'));
  }

  // A button that leads to an evidence.
  opener(path, span, options, ...children) {
    const known = span.start !== null && span.start !== undefined;
    return el('button', { type: 'button', ...options, data: { path, ...(known ? { start: String(span.start), end: String(span.end) } : {}) },
      title: known ? null : word('no_evidence'), on: { click: (event) => this.app.open(event.currentTarget) } }, ...children);
  }

  tables() {
    const shown = this.record.tables.map((table, t) => ({ table, t })).filter(({ table, t }) => {
      if (!this.filtering) return true;
      if (this.filter.confidence < 1) return false; // cells carry no confidence of their own
      return [...cellsOf(table)].some(([row, column, cell]) => this.passes(cellPath(t, row, column), cell));
    });
    return shown.length > 0 && shown.map(({ table, t }) => el('div', { class: 'sheet', tabindex: '0', role: 'region', 'aria-label': page.shared.forms[table.form]?.title ?? word('unknown_table') }, table.cells ? this.form(table, t) : unknown(table)));
  }

  form(table, t) {
    const form = page.shared.forms[table.form] ?? formOf(table);
    const columns = form.columns.filter(([id]) => form.rows.some((row) => row.columns.includes(id)));
    const head = el('tr', {}, el('th', { scope: 'col' }), columns.map(([, label]) => el('th', { scope: 'col' }, label)));
    const body = form.rows.map((row) => el('tr', { class: row.id ? null : 'heading' },
      el('th', { scope: 'row', colspan: row.id ? null : String(columns.length + 1) }, row.label),
      row.id && columns.map(([column]) => this.cell(table, t, row, column))));
    return el('table', { class: columns.length > 1 ? 'wide' : null }, el('caption', {}, `${form.title} `, el('span', { class: 'id' }, editionOf(table.form))), el('thead', {}, head), el('tbody', {}, body));
  }

  cell(table, t, row, column) {
    const cell = table.cells[row.id]?.[column];
    if (!row.columns.includes(column) || !cell) return el('td', { class: 'void' });
    const path = cellPath(t, row.id, column);
    const marks = [this.broken.has(path) && 'broken', this.app.corrections.has(path) && 'mended', cell.value === null && 'without'].filter(Boolean).join(' ');
    const failed = this.broken.get(path) ?? [];
    const shown = cell.value === null ? (STATES[cell.state] ?? cell.state) : number(cell.value);
    const said = [nameOf('states', cell.state), cell.unit, ...failed].filter(Boolean).join(' · ');
    const opener = this.opener(path, cell, { class: 'goto', 'aria-label': `${row.label} ${shown} ${said}` }, shown || '\u00a0', failed.length > 0 && el('sup', {}, failed[0]));
    opener.title = said;
    return el('td', { class: marks }, opener);
  }

  checks() {
    const { checks } = this.record;
    if (!checks.length) return null;
    const failed = checks.filter((check) => check.status === 'fail' && this.inSection(check));
    const count = (status) => checks.filter((check) => check.status === status).length;
    const all = el('details', {}, el('summary', {}, `${word('all_checks')} · ${word('pass')} ${count('pass')} · ${word('fail')} ${count('fail')} · ${word('skip_check')} ${count('skip')}`));
    all.addEventListener('toggle', () => {
      if (all.open && all.children.length === 1) all.append(el('ul', { class: 'all-checks' }, checks.map((check) => el('li', { class: check.status }, el('b', {}, check.id), ` ${word(check.status === 'skip' ? 'skip_check' : check.status)} `, visible(`${check.instance} ${relation(check)}`)))));
    });
    return [failed.length ? el('ul', { class: 'checks' }, failed.map((check) => this.failure(check))) : el('p', { class: 'none' }, word('none_failed')), all];
  }

  inSection(check) {
    return this.filter.label === null || spansOf(check, this.record).some((span) => this.app.sectionAt(span.start) === this.filter.label);
  }

  failure(check) {
    const index = this.record.checks.indexOf(check);
    const places = check.at.map((at) => (at.form === undefined ? { ...at, path: `checks/${index}` } : { ...cellAt(this.record, at), at })).filter((at) => at.path || at.cell);
    const openers = places.map((at) => (at.cell
      ? this.opener(cellPath(at.table, at.row, at.column), at.cell, { class: 'at' }, `${rowLabel(at.at)} `, el('b', {}, at.cell.value === null ? nameOf('states', at.cell.state) : number(at.cell.value)))
      : this.opener(at.path, at, { class: 'at' }, `“${brief(this.app.quote(at.start, at.end), 30)}”`)));
    return el('li', { class: `check ${check.severity}` },
      el('p', { class: 'head' }, el('b', {}, check.id), el('span', { class: 'severity' }, word(check.severity)), check.instance && el('span', { class: 'instance' }, visible(check.instance)),
        check.left !== null && check.right !== null && el('span', { class: 'sides-of' }, `${number(check.left)} ≠ ${number(check.right)}`)),
      el('p', {}, relation(check)), check.detail && el('p', { class: 'detail' }, visible(check.detail)), openers.length > 0 && el('div', { class: 'places' }, openers));
  }

  conflicts() {
    const shown = this.record.conflicts.filter((clash) => !this.filter.failed && (this.filter.label === null || this.app.sectionAt(clash.start) === this.filter.label));
    return shown.length > 0 && el('ul', { class: 'conflicts' }, shown.map((clash) => {
      const kept = this.record.indicators[clash.indicator];
      return el('li', {}, el('h3', {}, nameOf('indicators', clash.indicator)), el('div', { class: 'pair' },
        this.opener(`indicators/${clash.indicator}`, kept ?? {}, { class: 'kept' }, el('small', {}, word('kept')), el('b', {}, number(clash.kept)), kept?.start != null && el('q', {}, this.app.around(kept.start, kept.end))),
        this.opener(`conflicts/${this.record.conflicts.indexOf(clash)}`, clash, { class: 'other' }, el('small', {}, word('other')), el('b', {}, number(clash.other)), el('q', {}, this.app.around(clash.start, clash.end)))));
    }));
  }

  items(kind) {
    const items = this.record[kind].filter((item) => !this.filter.failed && (this.filter.label === null || this.app.sectionAt(item.start) === this.filter.label));
    return items.length > 0 && lazily(items, 'ol', 'items', (item) => el('li', {}, this.opener(`${kind}/${this.record[kind].indexOf(item)}`, item, { class: 'goto' }, brief(item.text, 140), item.tense && el('span', { class: 'tense' }, word(item.tense)))));
  }

  uncounted() {
    const facts = this.record.facts.filter((fact) => !fact.used && this.passes(factPath(fact), fact));
    return facts.length > 0 && lazily(facts, 'ul', 'rows', (fact) => el('li', { class: 'row' }, this.opener(factPath(fact), fact, { class: 'goto' },
      el('span', { class: 'name' }, nameOf('indicators', fact.indicator)), el('span', { class: 'words' }, number(fact.value), el('span', { class: 'unit' }, fact.unit)), el('span', { class: 'how why' }, whyNot(fact, this.record)))));
  }

  others() {
    const { others } = this.record;
    return others.length > 0 && list(others.map((other, i) => el('li', { class: 'row' }, this.opener(`others/${i}`, other, { class: 'goto' }, el('span', { class: 'words' }, brief(other.title ?? other.agency ?? '—', 60)), el('span', { class: 'how' }, String(other.year ?? ''))))));
  }

  warnings() {
    const { warnings } = this.record;
    return warnings.length > 0 && lazily(warnings, 'ul', 'rows', (warning) => el('li', { class: 'row' }, this.opener(`warnings/${warnings.indexOf(warning)}`, warning, { class: 'goto' }, el('span', { class: 'name' }, nameOf('warnings', warning.code)), el('span', { class: 'words detail' }, brief(warning.detail, 80)))));
  }
}

const STATES = { blank: '', dash: '—', text: '…', unreadable: '?', missing: '×' };
const plain = (value) => (Array.isArray(value) ? value.join(' – ') : String(value));
const list = (rows, kind = '') => el('ul', { class: `rows ${kind}` }, rows);
const relation = (check) => (page.shared.relations[check.id] ?? ['', ''])[page.language === 'zh' ? 0 : 1];
const editionOf = (form) => form.replace(/^.*_(?=\d{4}$)/, '').replace(/\D+/, '');
const rowLabel = (at) => page.shared.forms[at.form]?.rows.find((row) => row.id === at.row)?.label.replace(/(?<=.)[(（][^()（）]*[)）]$/, '') ?? at.row;

// A form that this page does not know, by the ids that the record names.
function formOf(table) {
  const rows = Object.entries(table.cells).map(([id, cells]) => ({ id, label: id, unit: '', columns: Object.keys(cells) }));
  return { title: table.form, rows, columns: [...new Set(rows.flatMap((row) => row.columns))].map((id) => [id, id]) };
}

function unknown(table) {
  return el('table', {}, el('caption', {}, word('unknown_table')), el('tbody', {}, table.rows.map((row) => el('tr', {}, row.map((cell) => el('td', {}, brief(cell, 80)))))));
}

// A list whose first rows are built, and the others when they are asked for.
function lazily(items, tag, kind, make) {
  const root = el(tag, { class: kind }, items.slice(0, FIRST).map(make));
  const more = (from) => {
    if (from >= items.length) return;
    const button = el('button', { type: 'button', class: 'quiet', on: { click: () => {
      button.parentElement.remove();
      root.append(...items.slice(from, from + 10 * FIRST).map(make));
      more(from + 10 * FIRST);
    } } }, word('more', items.length - from));
    root.append(el('li', { class: 'more' }, button));
  };
  more(FIRST);
  return root;
}

// What a failed check concerns: path of a value -> ids of the checks.
function brokenPaths(record) {
  const broken = new Map();
  const places = new Map();
  for (const value of evidenceOf(record)) places.set(`${value.start}-${value.end}`, [...(places.get(`${value.start}-${value.end}`) ?? []), value.path]);
  for (const check of record.checks) {
    if (check.status !== 'fail') continue;
    for (const at of check.at) {
      const cell = at.form === undefined ? null : cellAt(record, at);
      const span = cell?.cell ?? at;
      const paths = new Set([...(cell ? [cellPath(cell.table, cell.row, cell.column)] : []), ...(span.start == null ? [] : places.get(`${span.start}-${span.end}`) ?? [])]);
      for (const path of paths) broken.set(path, [...new Set([...(broken.get(path) ?? []), check.id])]);
    }
  }
  return broken;
}
