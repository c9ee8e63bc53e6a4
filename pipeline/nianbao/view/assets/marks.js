// What is marked in the text: sections by their edge, entities by underlines, figures by their ground.

const FAMILIES = {
  AGENCY: 'who',
  PERSON: 'who',
  DATE: 'when',
  DURATION: 'when',
  COUNT: 'much',
  MONEY: 'much',
  PHONE: 'where',
  EMAIL: 'where',
  URL: 'where',
  ADDRESS: 'where',
  POSTCODE: 'where',
  LAW: 'what',
  DOC_NO: 'what',
  INDEX_NO: 'what',
  CHANNEL: 'what',
};

// All values of a record that have a place in the text: {path, start, end, ...}, by start.
function evidenceOf(record) {
  const found = [];
  const add = (kind, path, span, more = {}) => {
    if (span && span.start !== null && span.start !== undefined)
      found.push({ kind, path, start: span.start, end: span.end, ...more });
  };
  for (const field of FIELDS) add('field', `fields/${field}`, record[field], { name: field });
  for (const [field, values] of Object.entries(record.contact)) {
    values.forEach((value, i) => add('field', `fields/contact.${field}/${i}`, value, { name: `contact.${field}` }));
  }
  for (const [id, value] of Object.entries(record.indicators)) add('indicator', `indicators/${id}`, value, { id });
  record.tables.forEach((table, t) => {
    for (const [row, column, cell] of cellsOf(table))
      add('cell', cellPath(t, row, column), cell, { table: t, row, column });
  });
  for (const fact of record.facts) add('fact', factPath(fact), fact, { fact });
  for (const kind of ['problems', 'measures']) {
    record[kind].forEach((item, i) => add(kind, `${kind}/${i}`, item, { item }));
  }
  record.conflicts.forEach((clash, i) => add('conflict', `conflicts/${i}`, clash, { clash }));
  return found.sort((a, b) => a.start - b.start || b.end - a.end);
}

const FIELDS = ['title', 'agency', 'year', 'period', 'published', 'signed'];
const cellPath = (table, row, column) => `tables/${table}/${row}/${column}`;
const factPath = (fact) => `facts/${fact.start}-${fact.end}/${fact.indicator}`;
const entityPath = (entity) => `entities/${entity.start}-${entity.end}`;

function* cellsOf(table) {
  for (const [row, cells] of Object.entries(table.cells ?? {})) {
    for (const [column, cell] of Object.entries(cells)) yield [row, column, cell];
  }
}

// Why a figure of the prose does not count, in words; empty for one that does.
function whyNot(fact, record) {
  if (fact.used) return '';
  const reasons = [];
  if (fact.status !== 'fact') reasons.push(word(`why_${fact.status}`));
  if (fact.cumulative) reasons.push(word('why_cumulative'));
  if (fact.scope !== 'own') reasons.push(word('why_scope', nameOf('scopes', fact.scope)));
  if (fact.year !== null && record.year && fact.year !== record.year.value) reasons.push(word('why_year', fact.year));
  return reasons.length ? reasons.join('、') : word('why_other');
}

// Spans to paint, cut so that none overlaps another: [{start, end, classes}] within start..end. `layers` are lists by
// start of {start, end, mark}; spans of one layer may overlap.
function flatten(layers, start, end) {
  const inside = layers.flatMap((spans) => overlapping(spans, start, end));
  if (!inside.length) return [];
  const edges = new Set([start, end]);
  for (const span of inside) {
    edges.add(Math.max(start, span.start));
    edges.add(Math.min(end, span.end));
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const pieces = cuts.slice(0, -1).map((from, i) => ({ start: from, end: cuts[i + 1], classes: new Set() }));
  const place = new Map(cuts.map((cut, i) => [cut, i]));
  for (const span of inside) {
    const last = place.get(Math.min(end, span.end));
    for (let i = place.get(Math.max(start, span.start)); i < last; i += 1)
      span.mark.split(' ').forEach((m) => pieces[i].classes.add(m));
  }
  return pieces;
}

// Those of a list by start that have a character in start..end. `reach`, the longest of them, bounds the look back.
function overlapping(spans, start, end) {
  spans.reach ??= spans.reduce((most, span) => Math.max(most, span.end - span.start), 0);
  const found = [];
  for (
    let i = below(spans.length, (k) => spans[k].start < start - spans.reach);
    i < spans.length && spans[i].start < end;
    i += 1
  ) {
    if (spans[i].end > start) found.push(spans[i]);
  }
  return found;
}
