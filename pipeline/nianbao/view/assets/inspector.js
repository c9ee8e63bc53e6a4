// What was read from one sentence, and the place to mend it.

class Inspector {
  constructor(root, app) {
    this.root = root;
    this.app = app;
  }

  get open() {
    return !this.root.hidden;
  }

  close() {
    this.root.hidden = true;
    paint('sentence', []);
  }

  // `span` in units of the text.
  show(span) {
    const { app } = this;
    const { offsets, record } = app;
    this.span = span;
    const start = offsets.point(span.start);
    const end = offsets.point(span.end);
    const meets = (item) => item.start !== null && item.start < end && item.end > start;
    const entities = record.entities.filter(meets);
    const facts = record.facts.filter(meets);
    const values = evidenceOf(record).filter((value) => value.kind !== 'fact' && meets(value));
    const failed = record.checks.filter((check) => check.status === 'fail' && spansOf(check, record).some(meets));
    const part = record.paragraphs.findIndex((p) => p.start < end && p.end > start);
    const groups = [
      ['facts_here', facts.map((fact) => this.fact(fact))],
      ['values', values.map((value) => this.value(value))],
      ['checks', failed.map((check) => el('li', { class: 'failed' }, el('b', {}, check.id), ' ', relation(check)))],
      ['entities', entities.map((entity) => this.entity(entity))],
    ].filter(([, rows]) => rows.length);
    fill(
      this.root,
      el(
        'header',
        {},
        el('blockquote', {}, brief(offsets.text.slice(span.start, span.end), 90)),
        el(
          'button',
          { type: 'button', class: 'quiet close', 'aria-label': word('close'), on: { click: () => this.app.escape() } },
          '×',
        ),
      ),
      part >= 0 ? this.section(part) : '',
      groups.length
        ? groups.map(([name, rows]) =>
            el(
              'div',
              { class: 'found' },
              el('h3', {}, name === 'facts_here' ? word('values') : word(name === 'values' ? 'record' : name)),
              el('ul', {}, rows),
            ),
          )
        : el('p', { class: 'none' }, word('nothing_here')),
    );
    this.root.hidden = false;
    paint('sentence', [app.text.range(span.start, span.end)]);
  }

  section(index) {
    const paragraph = this.app.record.paragraphs[index];
    const { corrections } = this.app;
    const labels = page.shared.labels.paragraph.map((label) => [label, nameOf('sections', label)]);
    const levels = [['', word('no_heading')], ...[1, 2, 3, 4].map((level) => [String(level), String(level)])];
    return el(
      'p',
      { class: 'section' },
      el(
        'label',
        {},
        word('section'),
        choice('section', labels, paragraph.label, (label) => corrections.section(index, 'label', label)),
      ),
      paragraph.secondary.length > 0 &&
        el(
          'span',
          { class: 'also' },
          `${word('also')} ${paragraph.secondary.map((label) => nameOf('sections', label)).join('、')}`,
        ),
      el(
        'label',
        {},
        word('heading'),
        choice('level', levels, String(paragraph.heading_level ?? ''), (level) =>
          corrections.section(index, 'heading_level', level ? Number(level) : null),
        ),
      ),
      el('span', { class: 'how' }, `${Math.round(paragraph.confidence * 100)}%`),
    );
  }

  fact(fact) {
    const { app } = this;
    const change = (key) => (value) => app.corrections.fact(fact, key, value);
    const indicators = page.shared.indicators.map(([id]) => [id, nameOf('indicators', id)]);
    const scopes = Object.keys(page.shared.names.scopes).map((scope) => [scope, nameOf('scopes', scope)]);
    const counts = el('input', {
      type: 'checkbox',
      checked: fact.used,
      'data-key': `counts-${factPath(fact)}`,
      on: { change: () => change('used')(counts.checked) },
    });
    return el(
      'li',
      { class: fact.used ? 'fact counts' : 'fact' },
      el('q', {}, brief(app.quote(fact.start, fact.end), 24)),
      el(
        'label',
        {},
        el('span', { class: 'unseen' }, word('indicator')),
        choice(`indicator-${fact.start}-${fact.end}`, indicators, fact.indicator, change('indicator')),
      ),
      el(
        'label',
        {},
        el('span', { class: 'unseen' }, word('scope')),
        choice(`scope-${factPath(fact)}`, scopes, fact.scope, change('scope')),
      ),
      el('label', { class: 'used' }, counts, word(fact.used ? 'counts' : 'counts_not')),
      !fact.used && el('span', { class: 'why' }, whyNot(fact, app.record)),
      this.remover('facts', fact, factPath(fact)),
    );
  }

  entity(entity) {
    const { app } = this;
    const labels = page.shared.labels.entity.map((label) => [label, nameOf('entities', label)]);
    return el(
      'li',
      {},
      el('q', { class: `entity ${FAMILIES[entity.label] ?? 'what'}` }, brief(app.quote(entity.start, entity.end), 30)),
      el(
        'label',
        {},
        el('span', { class: 'unseen' }, word('entities')),
        choice(entityPath(entity), labels, entity.label, (label) => app.corrections.relabel(entity, label)),
      ),
      entity.value !== null && el('span', { class: 'how' }, brief(entity.value, 30)),
      this.remover('entities', entity, entityPath(entity)),
    );
  }

  remover(list, item, path) {
    return el(
      'button',
      {
        type: 'button',
        class: 'quiet remove',
        title: word('remove'),
        'aria-label': word('remove'),
        on: {
          click: () => this.app.corrections.drop(list, item, path, brief(this.app.quote(item.start, item.end), 20)),
        },
      },
      '×',
    );
  }

  // A value of the record that rests on this sentence, as a way to its row.
  value(value) {
    const { record } = this.app;
    const said = {
      field: () => [nameOf('fields', value.name), plain(valueAt(record, value).value)],
      indicator: () => [nameOf('indicators', value.id), number(record.indicators[value.id].value)],
      cell: () => [
        rowLabel({ form: record.tables[value.table].form, row: value.row }),
        number(record.tables[value.table].cells[value.row][value.column].value) || '—',
      ],
      problems: () => [word('problems'), ''],
      measures: () => [word('measures'), word(value.item?.tense ?? 'future')],
      conflict: () => [nameOf('indicators', value.clash?.indicator), number(value.clash?.other)],
    }[value.kind]();
    return el(
      'li',
      {},
      el(
        'button',
        { type: 'button', class: 'link', on: { click: () => this.app.select(value.path) } },
        visible(said[0]),
        said[1] && el('b', {}, visible(brief(said[1], 40))),
      ),
    );
  }
}

function valueAt(record, value) {
  const [, field, index] = value.path.match(/^fields\/(?:contact\.)?(\w+)(?:\/(\d+))?$/);
  return index === undefined ? record[field] : record.contact[field][Number(index)];
}

// A select; `key` names it, so that the focus finds its way back when the card is built anew.
function choice(key, options, chosen, onChange) {
  const known = options.some(([id]) => id === chosen) ? options : [[chosen, chosen], ...options];
  return el(
    'select',
    { data: { key }, on: { change: (event) => onChange(event.target.value) } },
    known.map(([id, name]) => el('option', { value: id, selected: id === chosen }, name)),
  );
}
