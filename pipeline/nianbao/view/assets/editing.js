// Mending a record: a value in its place, a selection of the text as a mention or a figure, and the list of what was done.

class Editing {
  constructor(app) {
    this.app = app;
  }

  // Changes a value in its place.
  edit(path) {
    const button = this.app.side.find(path);
    const change = this.changeOf(path);
    if (!button || !change) return;
    const shown = button.querySelector('.words') ?? button;
    const input = el('input', { class: 'editing', value: change.now, 'aria-label': word('edit') });
    const wide = button.closest('td, li');
    let ended = false;
    const end = (save) => {
      if (ended) return;
      const given = input.value.trim();
      const value = typed(given, change.numeric);
      if (save && Number.isNaN(value)) {
        input.setCustomValidity(word('bad_number'));
        input.reportValidity();
        return;
      }
      ended = true; // before it goes, for going it loses the focus
      input.remove();
      wide.classList.remove('edited');
      if (save && given !== change.now) change.make(value);
      this.app.side.find(path)?.focus();
    };
    input.addEventListener('keydown', (event) => {
      event.stopPropagation();
      input.setCustomValidity('');
      if (event.key === 'Enter') end(true);
      if (event.key === 'Escape') end(false);
    });
    input.addEventListener('blur', () => end(false));
    wide.classList.add('edited');
    button.after(input);
    if (shown !== button) input.style.insetInlineStart = `${shown.offsetLeft}px`;
    input.focus();
    input.select();
  }

  // What a path can be changed to: its value as it is typed, and the correction.
  changeOf(path) {
    const { record, corrections } = this.app;
    const [kind, name, ...rest] = path.split('/');
    if (kind === 'indicators')
      return { now: String(record.indicators[name].value), numeric: true, make: (v) => corrections.indicator(name, v) };
    if (kind === 'tables') {
      const [row, column] = rest;
      const { value } = record.tables[Number(name)].cells[row][column];
      return { now: String(value ?? ''), numeric: true, make: (v) => corrections.cell(Number(name), row, column, v) };
    }
    if (kind !== 'fields') return null;
    if (name.startsWith('contact.')) {
      const field = name.slice('contact.'.length);
      const index = Number(rest[0]);
      return {
        now: String(record.contact[field][index].value),
        numeric: false,
        make: (v) => corrections.contact(field, index, v),
      };
    }
    const value = record[name]?.value ?? '';
    const listed = name === 'period';
    return {
      now: [value].flat().join('/'),
      numeric: name === 'year',
      make: (v) => corrections.field(name, listed && v !== null ? v.split('/') : v),
    };
  }

  // The bar over a selection of the text: to mark it as a mention or as a figure.
  offerMarks() {
    const marker = byId('marker');
    const span = this.app.number === null || !this.app.record.text ? null : this.app.text.selected();
    if (!span) {
      marker.hidden = true;
      return;
    }
    const start = this.app.offsets.point(span.start);
    const end = this.app.offsets.point(span.end);
    const over = this.app.record.entities.find((entity) => entity.start < end && entity.end > start);
    const entities = [
      ['', word('add_entity')],
      ...page.shared.labels.entity.map((label) => [label, nameOf('entities', label)]),
    ];
    const facts = [['', word('add_fact')], ...page.shared.indicators.map(([id]) => [id, nameOf('indicators', id)])];
    const done = () => {
      marker.hidden = true;
      getSelection().removeAllRanges();
    };
    fill(
      marker,
      el('q', {}, brief(this.app.quote(start, end), 16)),
      over && (over.start !== start || over.end !== end)
        ? el(
            'button',
            {
              type: 'button',
              on: {
                click: () => {
                  this.app.corrections.entity(start, end, over.label);
                  done();
                },
              },
            },
            word('set_span', nameOf('entities', over.label)),
          )
        : '',
      choice('mark-entity', entities, '', (label) => {
        this.app.corrections.entity(start, end, label);
        done();
      }),
      choice('mark-fact', facts, '', (indicator) => {
        const value = numberIn(this.app.quote(start, end), over);
        this.app.corrections.addFact(
          start,
          end,
          value,
          indicator,
          page.shared.indicators.find(([id]) => id === indicator)[2],
        );
        done();
      }),
    );
    marker.hidden = false;
    const spot = getSelection().getRangeAt(0).getBoundingClientRect();
    marker.style.left = `${Math.max(8, Math.min(innerWidth - marker.offsetWidth - 8, spot.left))}px`;
    const under = spot.bottom + 8;
    const above = Math.max(8, spot.top - marker.offsetHeight - 8);
    marker.style.top = `${under + marker.offsetHeight > innerHeight ? above : under}px`;
  }

  showChanges() {
    const dialog = byId('changes');
    const all = [...this.app.kept.values()].filter((one) => one.corrections.done.length);
    fill(
      dialog,
      el('h2', {}, word('changes')),
      el('p', { class: 'note' }, word('changes_note')),
      all.map(({ record, corrections }) =>
        el(
          'div',
          {},
          el('h3', {}, brief(record.title?.value ?? record.agency?.value ?? record.source.uri ?? '—', 40)),
          el(
            'ul',
            { class: 'changed' },
            corrections.done.map((one) =>
              el(
                'li',
                {},
                el('code', {}, visible(one.path)),
                ' ',
                el('del', {}, brief(one.before ?? '—', 24)),
                ' → ',
                el('ins', {}, brief(one.after ?? '—', 24)),
              ),
            ),
          ),
        ),
      ),
      el(
        'p',
        { class: 'actions' },
        el(
          'button',
          { type: 'button', class: 'main', id: 'download', on: { click: () => this.download() } },
          word('download'),
        ),
        this.app.corrections?.done.length > 0 &&
          el(
            'button',
            {
              type: 'button',
              on: {
                click: () => {
                  this.app.corrections.undo();
                  this.showChanges();
                },
              },
            },
            word('undo_last'),
          ),
        el('button', { type: 'button', on: { click: () => dialog.close() } }, word('close')),
      ),
    );
    if (!all.length) dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  download() {
    const all = [...this.app.kept.values()].filter(
      (one) => one.corrections.done.length && one.record.text !== undefined,
    );
    download(
      all.map(({ record, corrections }) => sampleOf(record, corrections)),
      'corrections.jsonl',
    );
    for (const { corrections } of all) corrections.saved = corrections.done.length;
  }
}

// What was typed as a value: null for nothing, NaN for what should be a number and is none.
function typed(given, numeric) {
  if (given === '') return null;
  if (!numeric) return given;
  const value = Number(given.replace(/[,，]/g, ''));
  return Number.isFinite(value) ? value : NaN;
}

// The number that a selection states: that of the mention it lies on, the first in digits, or none at all, which is zero.
function numberIn(quote, mention) {
  const read = Number(mention?.value ?? NaN);
  if (['COUNT', 'MONEY'].includes(mention?.label) && Number.isFinite(read)) return read;
  return Number(quote.replace(/[,，]/g, '').match(/\d+(?:\.\d+)?/)?.[0] ?? 0);
}
