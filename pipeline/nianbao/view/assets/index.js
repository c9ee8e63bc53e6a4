// The index of many reports: found by words, narrowed by filters, in any order.

const COLUMNS = [
  ['agency', (row) => row.agency ?? row.title ?? row.uri ?? ''],
  ['place', (row) => row.place.join(' ')],
  ['year', (row) => row.year ?? 0],
  ['era', (row) => row.era ?? ''],
  ['status', (row) => row.status],
  ['indicators', (row) => row.indicators],
  ['failed', (row) => row.hard * 1000 + row.soft],
  ['least_sure', (row) => -(row.doubt ?? 0)],
];

class IndexSide {
  constructor(root, rows, onShown) {
    this.root = root;
    this.rows = rows.map((row, number) => ({
      ...row,
      number,
      words: [row.title, row.agency, row.uri, row.year, ...row.place].filter(Boolean).join(' ').toLowerCase(),
    }));
    this.order = { column: 'failed', down: true };
    this.filter = { query: '', year: '', era: '', status: '', place: '', failed: '' };
    this.onShown = onShown;
  }

  show() {
    const held = document.activeElement?.dataset?.key;
    const shown = this.sorted(this.rows.filter((row) => this.passes(row)));
    fill(
      this.root,
      this.filters(),
      el(
        'div',
        { class: 'sheet' },
        el(
          'table',
          { class: 'index' },
          this.head(),
          el(
            'tbody',
            {},
            shown.map((row) => this.line(row)),
          ),
        ),
      ),
    );
    if (!shown.length) this.root.append(el('p', { class: 'none' }, word('no_match')));
    if (held) this.root.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    this.onShown(shown.length, this.rows.length);
  }

  passes(row) {
    const { query, year, era, status, place, failed } = this.filter;
    return (
      query
        .toLowerCase()
        .split(/\s+/)
        .every((part) => row.words.includes(part)) &&
      (!year || String(row.year) === year) &&
      (!era || row.era === era) &&
      (!status || row.status === status) &&
      (!place || row.place[0] === place) &&
      (!failed || row.hard + row.soft > 0)
    );
  }

  sorted(rows) {
    const by = COLUMNS.find(([name]) => name === this.order.column)[1];
    const compare = (a, b) => (typeof a === 'number' ? a - b : a.localeCompare(b, 'zh-CN'));
    return rows.sort((a, b) => compare(by(a), by(b)) * (this.order.down ? -1 : 1) || a.number - b.number);
  }

  filters() {
    const narrowed = (key, get, name) => {
      const values = [...new Set(this.rows.map(get).filter(Boolean).map(String))].sort();
      return el(
        'label',
        {},
        word(key),
        choice(
          `filter-${key}`,
          [['', word('all')], ...values.map((value) => [value, name(value)])],
          this.filter[key],
          (value) => {
            this.filter[key] = value;
            this.show();
          },
        ),
      );
    };
    return el(
      'div',
      { class: 'filters' },
      narrowed('year', (row) => row.year, String),
      narrowed(
        'era',
        (row) => row.era,
        (era) => nameOf('eras', era),
      ),
      narrowed(
        'place',
        (row) => row.place[0],
        (place) => visible(place),
      ),
      narrowed(
        'status',
        (row) => row.status,
        (status) => nameOf('statuses', status),
      ),
      el(
        'label',
        {},
        word('checks'),
        choice(
          'filter-failed',
          [
            ['', word('all')],
            ['1', word('with_failed')],
          ],
          this.filter.failed,
          (value) => {
            this.filter.failed = value;
            this.show();
          },
        ),
      ),
    );
  }

  head() {
    return el(
      'thead',
      {},
      el(
        'tr',
        {},
        COLUMNS.map(([name]) => {
          const sorted = this.order.column === name;
          const direction = this.order.down ? 'descending' : 'ascending';
          return el(
            'th',
            { scope: 'col', 'aria-sort': sorted ? direction : 'none' },
            el(
              'button',
              {
                type: 'button',
                data: { key: `sort-${name}` },
                on: {
                  click: () => {
                    this.order = {
                      column: name,
                      down: sorted ? !this.order.down : ['failed', 'year', 'indicators'].includes(name),
                    };
                    this.show();
                  },
                },
              },
              word(name),
              el('span', { 'aria-hidden': 'true' }, sorted ? (this.order.down ? ' ↓' : ' ↑') : ''),
            ),
          );
        }),
      ),
    );
  }

  line(row) {
    const failed = [
      row.hard && el('span', { class: 'badge hard' }, String(row.hard)),
      row.soft && el('span', { class: 'badge soft' }, String(row.soft)),
    ].filter(Boolean);
    return el(
      'tr',
      {},
      el(
        'td',
        { class: 'who' },
        el('a', { href: `#${row.number}` }, brief(row.agency ?? row.title ?? row.uri ?? '—', 60)),
        row.title && el('small', {}, brief(row.title, 60)),
      ),
      el('td', {}, brief(row.place.join(' '), 30)),
      el('td', { class: 'number' }, String(row.year ?? '—')),
      el('td', {}, row.era ? nameOf('eras', row.era) : '—'),
      el('td', { class: row.status }, nameOf('statuses', row.status)),
      el('td', { class: 'number' }, String(row.indicators)),
      el('td', { class: 'number' }, failed.length ? failed : '—'),
      el('td', { class: 'number' }, row.doubt === null ? '—' : `${Math.round((1 - row.doubt) * 100)}%`),
    );
  }
}
