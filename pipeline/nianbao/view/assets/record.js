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
      ['identity', this.identity()],
      ['contact', this.contact()],
      ['checks', checksPart(this)],
      ['conflicts', conflictsPart(this)],
      ['indicators', this.indicators()],
      ['tables', tablesPart(this)],
      ['problems', this.items('problems')],
      ['measures', this.items('measures')],
      ['facts', this.uncounted()],
      ['others', this.others()],
      ['warnings', this.warnings()],
    ].filter(([, content]) => content);
    const top = this.root.scrollTop;
    const kept = this.app.current;
    fill(
      this.root,
      this.navigation(parts),
      this.filters(),
      parts.map(([name, content]) =>
        el(
          'section',
          { class: 'part', id: `part-${name}`, 'aria-labelledby': `head-${name}` },
          el('h2', { id: `head-${name}` }, word(name)),
          content,
        ),
      ),
    );
    if (!parts.some(([name]) => !['identity', 'checks'].includes(name)) && this.filtering)
      this.root.append(el('p', { class: 'none' }, word('no_match')));
    this.root.scrollTop = top;
    if (kept) this.find(kept)?.classList.add('current');
  }

  // The way to a value: its row or cell, before whatever else leads to it.
  find(path) {
    const named = `[data-path="${CSS.escape(path)}"]`;
    return this.root.querySelector(`.goto${named}`) ?? this.root.querySelector(named);
  }

  get filtering() {
    return this.filter.confidence < 1 || this.filter.failed || this.filter.label !== null;
  }

  navigation(parts) {
    const count = {
      checks: this.record.checks.filter((c) => c.status === 'fail').length,
      indicators: Object.keys(this.record.indicators).length,
    };
    return el(
      'nav',
      { class: 'parts', 'aria-label': word('record') },
      parts.map(([name]) =>
        el(
          'button',
          {
            type: 'button',
            on: { click: () => byId(`part-${name}`).scrollIntoView({ block: 'start' }) },
          },
          word(name),
          count[name] ? el('span', { class: name === 'checks' ? 'count bad' : 'count' }, String(count[name])) : null,
        ),
      ),
    );
  }

  filters() {
    const { filter } = this;
    const changed = () => this.app.filtered();
    const shown = el('output', {}, filter.confidence.toFixed(2));
    const range = el('input', {
      type: 'range',
      id: 'confidence',
      min: '0',
      max: '1',
      step: '0.01',
      value: String(filter.confidence),
      on: {
        input: () => {
          shown.textContent = Number(range.value).toFixed(2);
        },
        change: () => {
          filter.confidence = Number(range.value);
          changed();
          byId('confidence').focus();
        },
      },
    });
    const failed = el('input', {
      type: 'checkbox',
      id: 'only-failed',
      checked: filter.failed,
      on: {
        change: () => {
          filter.failed = failed.checked;
          changed();
          byId('only-failed').focus();
        },
      },
    });
    return el(
      'div',
      { class: 'filters' },
      el('label', {}, word('at_most'), range, shown),
      el('label', {}, failed, word('only_failed')),
      this.filtering
        ? el(
            'button',
            {
              type: 'button',
              class: 'quiet',
              on: {
                click: () => {
                  this.filter = { confidence: 1, failed: false, label: null };
                  changed();
                },
              },
            },
            word('clear'),
          )
        : null,
    );
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
      return this.value(`fields/${name}`, nameOf('fields', name), value ? plain(value.value) : '—', value);
    });
    const { agency } = this.record;
    if (agency?.region) {
      const { province, city, county, township, code } = agency.region;
      const facts = [
        [province, city, county, township].filter(Boolean).join(' '),
        code,
        agency.level && nameOf('levels', agency.level),
        word(agency.scope === 'region' ? 'whole_region' : 'body'),
      ]
        .filter(Boolean)
        .join(' · ');
      rows.splice(
        2,
        0,
        el('li', { class: 'row note' }, el('span', { class: 'name' }), el('span', { class: 'words' }, visible(facts))),
      );
    }
    return rowsOf(rows);
  }

  contact() {
    const rows = Object.entries(this.record.contact).flatMap(([name, values]) =>
      values.map(
        (value, i) =>
          this.passes(`fields/contact.${name}/${i}`, value) &&
          this.value(`fields/contact.${name}/${i}`, nameOf('fields', `contact.${name}`), plain(value.value), value),
      ),
    );
    return rows.some(Boolean) && rowsOf(rows);
  }

  indicators() {
    const groups = new Map();
    const groupOf = new Map(page.shared.indicators.map(([id, group]) => [id, group]));
    // those of the catalogue in its order, then what another version may have read
    for (const id of new Set([...groupOf.keys(), ...Object.keys(this.record.indicators)])) {
      const group = groupOf.get(id) ?? '—';
      const value = this.record.indicators[id];
      if (!value || !this.passes(`indicators/${id}`, value)) continue;
      const shown = `${value.approx ? `${word('approx')} ` : ''}${number(value.value)}`;
      groups.set(group, [
        ...(groups.get(group) ?? []),
        this.value(`indicators/${id}`, nameOf('indicators', id), shown, value, value.unit),
      ]);
    }
    return (
      groups.size > 0 &&
      [...groups].map(([group, rows]) =>
        el('div', { class: 'group' }, el('h3', {}, nameOf('groups', group)), rowsOf(rows, 'numbers')),
      )
    );
  }

  // One value: its name, the value itself, how it was read and how surely; null is a value that is missing.
  value(path, name, shown, value, unit = '') {
    const marks = [this.broken.has(path) && 'broken', this.app.corrections.has(path) && 'mended']
      .filter(Boolean)
      .join(' ');
    const sure = value ? Math.round(value.confidence * 100) : null;
    const how = value ? [nameOf('sources', value.source), value.rule].filter(Boolean).join(' ') : '';
    return el(
      'li',
      { class: `row ${marks}` },
      this.opener(
        path,
        value ?? {},
        { class: 'goto' },
        el('span', { class: 'name' }, visible(name)),
        el(
          'span',
          { class: value ? 'words' : 'words absent' },
          visible(shown),
          unit && el('span', { class: 'unit' }, unit),
        ),
        el('span', { class: 'how' }, how),
        value && el('span', { class: `sure ${sure < 70 ? 'low' : sure < 90 ? 'middling' : ''}` }, `${sure}%`),
      ),
      el(
        'button',
        {
          type: 'button',
          class: 'edit',
          title: word('edit_of', name),
          'aria-label': word('edit_of', name),
          on: { click: () => this.app.editing.edit(path) },
        },
        '✎',
      ),
    );
  }

  // A button that leads to an evidence.
  opener(path, span, options, ...children) {
    const known = span.start !== null && span.start !== undefined;
    return el(
      'button',
      {
        type: 'button',
        ...options,
        data: { path, ...(known ? { start: String(span.start), end: String(span.end) } : {}) },
        title: known ? null : word('no_evidence'),
        on: { click: (event) => this.app.open(event.currentTarget) },
      },
      ...children,
    );
  }

  items(kind) {
    const items = this.record[kind].filter(
      (item) =>
        !this.filter.failed && (this.filter.label === null || this.app.sectionAt(item.start) === this.filter.label),
    );
    return (
      items.length > 0 &&
      lazily(items, 'ol', 'items', (item) =>
        el(
          'li',
          {},
          this.opener(
            `${kind}/${this.record[kind].indexOf(item)}`,
            item,
            { class: 'goto' },
            brief(item.text, 140),
            item.tense && el('span', { class: 'tense' }, word(item.tense)),
          ),
        ),
      )
    );
  }

  uncounted() {
    const facts = this.record.facts.filter((fact) => !fact.used && this.passes(factPath(fact), fact));
    return (
      facts.length > 0 &&
      lazily(facts, 'ul', 'rows', (fact) =>
        el(
          'li',
          { class: 'row' },
          this.opener(
            factPath(fact),
            fact,
            { class: 'goto' },
            el('span', { class: 'name' }, nameOf('indicators', fact.indicator)),
            el('span', { class: 'words' }, number(fact.value), el('span', { class: 'unit' }, fact.unit)),
            el('span', { class: 'how why' }, whyNot(fact, this.record)),
          ),
        ),
      )
    );
  }

  others() {
    const { others } = this.record;
    return (
      others.length > 0 &&
      rowsOf(
        others.map((other, i) =>
          el(
            'li',
            { class: 'row' },
            this.opener(
              `others/${i}`,
              other,
              { class: 'goto' },
              el('span', { class: 'words' }, brief(other.title ?? other.agency ?? '—', 60)),
              el('span', { class: 'how' }, String(other.year ?? '')),
            ),
          ),
        ),
      )
    );
  }

  warnings() {
    const { warnings } = this.record;
    return (
      warnings.length > 0 &&
      lazily(warnings, 'ul', 'rows', (warning) =>
        el(
          'li',
          { class: 'row' },
          this.opener(
            `warnings/${warnings.indexOf(warning)}`,
            warning,
            { class: 'goto' },
            el('span', { class: 'name' }, nameOf('warnings', warning.code)),
            el('span', { class: 'words detail' }, brief(warning.detail, 80)),
          ),
        ),
      )
    );
  }
}

const plain = (value) => (Array.isArray(value) ? value.join(' – ') : String(value));
const rowsOf = (rows, kind = '') => el('ul', { class: `rows ${kind}` }, rows);

// A list whose first rows are built, and the others when they are asked for.
function lazily(items, tag, kind, make) {
  const root = el(tag, { class: kind }, items.slice(0, FIRST).map(make));
  const more = (from) => {
    if (from >= items.length) return;
    const button = el(
      'button',
      {
        type: 'button',
        class: 'quiet',
        on: {
          click: () => {
            button.parentElement.remove();
            root.append(...items.slice(from, from + 10 * FIRST).map(make));
            more(from + 10 * FIRST);
          },
        },
      },
      word('more', items.length - from),
    );
    root.append(el('li', { class: 'more' }, button));
  };
  more(FIRST);
  return root;
}
