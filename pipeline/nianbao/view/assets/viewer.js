// The page as a whole: which report is shown, in which language and light; the keyboard; what the parts do together.

class App {
  constructor() {
    page.shared = JSON.parse(byId('shared').textContent);
    this.packed = [...document.querySelectorAll('script.packed')];
    this.kept = new Map(); // number of a report -> its record and corrections, once it was corrected
    this.number = null;
    this.current = null;
    this.text = new TextSide(byId('text'), (span) => this.inspect(span));
    this.side = new RecordSide(byId('record'), this);
    this.inspector = new Inspector(byId('inspector'), this);
    this.index = new IndexSide(byId('index'), page.shared.rows, (shown, all) => {
      byId('summary').textContent = word('shown', shown, all);
    });
    page.language = remembered('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
    this.dress(remembered('theme'));
    this.listen();
    applyWords();
    this.route();
  }

  get many() {
    return this.packed.length > 1;
  }

  // The address names the report, and the evidence that is looked at: #3@120-140.
  async route() {
    const [, report, start, end] = location.hash.match(/^#(\d+)(?:@(\d+)-(\d+))?$/) ?? [];
    const wanted = report === undefined ? (this.many || !this.packed.length ? null : 0) : Number(report);
    if (wanted === null || wanted >= this.packed.length) this.showIndex();
    else if (wanted !== this.number) await this.showReport(wanted);
    if (start !== undefined && this.offsets && Number(start) < Number(end) && Number(end) <= this.offsets.points) {
      this.text.reveal(Number(start), Number(end));
    }
  }

  showIndex() {
    this.number = null;
    this.escape();
    this.layOut('index');
    byId('heading').textContent = '年报 nianbao';
    document.title = 'nianbao';
    this.index.show();
  }

  async showReport(wanted) {
    const kept = this.kept.get(wanted) ?? { record: await unpack(this.packed[wanted]) };
    this.number = wanted;
    this.record = kept.record;
    this.corrections = kept.corrections ?? new Corrections(kept.record, () => this.corrected());
    this.offsets = new Offsets(this.record.text ?? '');
    this.current = null;
    this.side.filter = { confidence: 1, failed: false, label: null };
    this.inspector.close();
    paint('evidence', []);
    this.layOut('report');
    this.text.show(this.record, this.offsets);
    if (this.record.text === undefined) fill(byId('text'), el('p', { class: 'none' }, word('no_text')));
    byId('text').scrollTop = 0;
    byId('record').scrollTop = 0;
    this.redraw();
  }

  layOut(shown) {
    byId('index').hidden = shown !== 'index';
    byId('report').hidden = shown !== 'report';
    byId('sides').hidden = shown !== 'report';
    byId('back').hidden = shown !== 'report' || !this.many;
    byId('search').hidden = false;
    byId('query').value = shown === 'index' ? this.index.filter.query : '';
    byId('hits').textContent = '';
    byId('corrections').hidden = !this.kept.size;
  }

  // Everything but the text, anew.
  redraw() {
    const { record } = this;
    const row = page.shared.rows[this.number];
    const name = brief(record.title?.value ?? record.agency?.value ?? record.source.uri ?? '—', 60);
    document.title = `${name} · nianbao`;
    byId('heading').textContent = name;
    fill(byId('summary'), el('span', { class: `state ${record.status}` }, nameOf('statuses', record.status)), [nameOf('kinds', record.kind), record.era && nameOf('eras', record.era), row.uri && brief(row.uri.split('/').at(-1), 40)].filter(Boolean).map((said) => el('span', {}, said)));
    this.legend();
    this.side.show(record);
    const all = [...this.kept.values()].reduce((sum, one) => sum + one.corrections.done.length, 0);
    byId('corrections').hidden = all === 0;
    byId('corrections').textContent = word('corrections', all);
  }

  // The sections that the report has; a click narrows to one of them.
  legend() {
    const shown = [...new Set(this.record.paragraphs.map((p) => p.label))];
    fill(byId('legend'), shown.map((label) => el('button', { type: 'button', data: { label }, 'aria-pressed': String(this.side.filter.label === label), on: { click: () => {
      this.side.filter.label = this.side.filter.label === label ? null : label;
      this.filtered();
      byId('legend').querySelector(`[data-label="${label}"]`).focus();
    } } }, nameOf('sections', label))));
    byId('text').classList.toggle('narrowed', this.side.filter.label !== null);
    document.querySelectorAll('.block').forEach((block) => block.classList.toggle('chosen', block.dataset.label === this.side.filter.label));
  }

  filtered() {
    this.legend();
    this.side.show(this.record);
  }

  corrected() {
    this.kept.set(this.number, { record: this.record, corrections: this.corrections });
    const held = document.activeElement?.dataset?.key;
    this.text.repaint();
    this.redraw();
    if (this.inspector.open) this.inspector.show(this.inspector.span);
    if (held) byId('inspector').querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
    const last = this.corrections.done.at(-1);
    say(last ? `${word('corrected')}: ${last.path}` : word('undo'));
  }

  quote(start, end) {
    return start === null || end === null ? '' : this.offsets.quote(start, end);
  }

  around(start, end) {
    const from = Math.max(0, start - 14);
    return `${from ? '…' : ''}${brief(this.offsets.quote(from, Math.min(this.offsets.points, end + 14)), 60)}…`;
  }

  sectionAt(start) {
    const { paragraphs } = this.record;
    const index = below(paragraphs.length, (i) => paragraphs[i].start <= start) - 1;
    return index >= 0 && paragraphs[index].end > start ? paragraphs[index].label : null;
  }

  // Shows the evidence of a value of the record.
  open(button) {
    const { path, start, end } = button.dataset;
    this.makeCurrent(path, button);
    if (start === undefined || this.record.text === undefined) {
      say(word('no_evidence'));
      return;
    }
    this.turn('text');
    this.text.reveal(Number(start), Number(end));
    history.replaceState(null, '', `#${this.number}@${start}-${end}`);
  }

  makeCurrent(path, button) {
    byId('record').querySelector('.current')?.classList.remove('current');
    button.classList.add('current');
    this.current = path;
  }

  // Shows a value of the record, wherever the way to it began.
  select(path) {
    const button = byId('record').querySelector(`[data-path="${CSS.escape(path)}"]`);
    if (!button) return;
    this.turn('record');
    button.scrollIntoView({ block: 'center' });
    button.focus({ preventScroll: true });
    this.makeCurrent(path, button);
  }

  inspect(span) {
    if (this.record.text !== undefined) this.inspector.show(span);
  }

  // On a narrow screen one side is shown at a time.
  turn(side) {
    byId('report').dataset.side = side;
    for (const button of byId('sides').children) button.setAttribute('aria-pressed', String(button.dataset.side === side));
  }

  step(by) {
    const root = this.number === null ? byId('index') : byId('record');
    const stops = [...root.querySelectorAll(this.number === null ? 'tbody a' : '[data-path]')];
    if (!stops.length) return;
    const held = stops.indexOf(document.activeElement);
    const now = held >= 0 ? held : stops.findIndex((stop) => stop.dataset.path === this.current && stop.classList.contains('current'));
    const next = stops[now < 0 ? (by > 0 ? 0 : stops.length - 1) : Math.min(stops.length - 1, Math.max(0, now + by))];
    if (this.number !== null) this.turn('record');
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  stepSentence(by) {
    const { text } = this.offsets;
    const span = this.inspector.open ? this.inspector.span : { start: 0, end: 0 };
    let unit = by > 0 ? span.end : span.start - 1;
    while (unit >= 0 && unit < text.length && /\s/.test(text[unit])) unit += by;
    if (unit < 0 || unit >= text.length) return;
    this.inspect(sentenceAt(text, by > 0 ? unit : Math.max(0, unit - 1)));
    this.text.bringIntoView(this.text.range(this.inspector.span.start, this.inspector.span.end));
  }

  // Changes a value in its place.
  edit(path) {
    const button = byId('record').querySelector(`[data-path="${CSS.escape(path)}"]`);
    const change = this.changeOf(path);
    if (!button || !change) return;
    const shown = button.querySelector('.words') ?? button;
    const input = el('input', { class: 'editing', value: change.now, 'aria-label': word('edit') });
    const wide = button.closest('td, li');
    const end = (save) => {
      if (!input.isConnected) return;
      const given = input.value.trim();
      const value = given === '' ? null : change.numeric ? Number(given.replace(/,/g, '')) : given;
      if (save && value !== null && change.numeric && !Number.isFinite(value)) {
        input.setCustomValidity(word('bad_number'));
        input.reportValidity();
        return;
      }
      input.remove();
      wide.classList.remove('edited');
      if (save && given !== change.now) change.make(value);
      byId('record').querySelector(`[data-path="${CSS.escape(path)}"]`)?.focus();
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
    const { record, corrections } = this;
    const [kind, name, ...rest] = path.split('/');
    if (kind === 'indicators') return { now: String(record.indicators[name].value), numeric: true, make: (v) => corrections.indicator(name, v) };
    if (kind === 'tables') {
      const [row, column] = rest;
      const { value } = record.tables[Number(name)].cells[row][column];
      return { now: String(value ?? ''), numeric: true, make: (v) => corrections.cell(Number(name), row, column, v) };
    }
    if (kind !== 'fields') return null;
    if (name.startsWith('contact.')) {
      const field = name.slice('contact.'.length);
      const index = Number(rest[0]);
      return { now: String(record.contact[field][index].value), numeric: false, make: (v) => corrections.contact(field, index, v) };
    }
    const { value } = record[name];
    const listed = Array.isArray(value);
    return { now: listed ? value.join('/') : String(value), numeric: typeof value === 'number', make: (v) => corrections.field(name, listed && v !== null ? v.split('/') : v) };
  }

  // The bar over a selection of the text: to mark it as a mention or as a figure.
  offerMarks() {
    const marker = byId('marker');
    const span = this.number === null || !this.record.text ? null : this.text.selected();
    if (!span) {
      marker.hidden = true;
      return;
    }
    const start = this.offsets.point(span.start);
    const end = this.offsets.point(span.end);
    const over = this.record.entities.find((entity) => entity.start < end && entity.end > start);
    const entities = [['', word('add_entity')], ...page.shared.labels.entity.map((label) => [label, nameOf('entities', label)])];
    const facts = [['', word('add_fact')], ...page.shared.indicators.map(([id]) => [id, nameOf('indicators', id)])];
    const done = () => {
      marker.hidden = true;
      getSelection().removeAllRanges();
    };
    fill(marker, 
      el('q', {}, brief(this.quote(start, end), 16)),
      over && (over.start !== start || over.end !== end) ? el('button', { type: 'button', on: { click: () => {
        this.corrections.entity(start, end, over.label);
        done();
      } } }, word('set_span', nameOf('entities', over.label))) : '',
      choice('mark-entity', entities, '', (label) => {
        this.corrections.entity(start, end, label);
        done();
      }),
      choice('mark-fact', facts, '', (indicator) => {
        const value = Number(this.quote(start, end).replace(/[,，]/g, '').match(/\d+(?:\.\d+)?/)?.[0] ?? 0);
        this.corrections.addFact(start, end, value, indicator, page.shared.indicators.find(([id]) => id === indicator)[2]);
        done();
      }));
    marker.hidden = false;
    const spot = getSelection().getRangeAt(0).getBoundingClientRect();
    marker.style.left = `${Math.max(8, Math.min(innerWidth - marker.offsetWidth - 8, spot.left))}px`;
    marker.style.top = `${spot.bottom + 8 + marker.offsetHeight > innerHeight ? Math.max(8, spot.top - marker.offsetHeight - 8) : spot.bottom + 8}px`;
  }

  showChanges() {
    const dialog = byId('changes');
    const all = [...this.kept.values()].filter((one) => one.corrections.done.length);
    fill(dialog, 
      el('h2', {}, word('changes')), el('p', { class: 'note' }, word('changes_note')),
      all.map(({ record, corrections }) => el('div', {}, el('h3', {}, brief(record.title?.value ?? record.agency?.value ?? record.source.uri ?? '—', 40)),
        el('ul', { class: 'changed' }, corrections.done.map((one) => el('li', {}, el('code', {}, visible(one.path)), ' ', el('del', {}, brief(one.before ?? '—', 24)), ' → ', el('ins', {}, brief(one.after ?? '—', 24))))))),
      el('p', { class: 'actions' },
        el('button', { type: 'button', class: 'main', id: 'download', on: { click: () => this.download() } }, word('download')),
        this.corrections?.done.length > 0 && el('button', { type: 'button', on: { click: () => { this.corrections.undo(); this.showChanges(); } } }, word('undo_last')),
        el('button', { type: 'button', on: { click: () => dialog.close() } }, word('close'))));
    if (!all.length) dialog.close();
    else if (!dialog.open) dialog.showModal();
  }

  download() {
    const all = [...this.kept.values()].filter((one) => one.corrections.done.length && one.record.text !== undefined);
    download(all.map(({ record, corrections }) => sampleOf(record, corrections)), 'corrections.jsonl');
    for (const { corrections } of all) corrections.saved = corrections.done.length;
  }

  showKeys() {
    const keys = [['j k', 'key_next'], ['Enter', 'key_open'], ['e', 'key_edit'], ['/', 'key_search'], ['n p', 'key_sentence'], ['t', 'key_side'], ['u', 'key_undo'], ['Esc', 'key_close'], ['?', 'key_help']];
    const families = [['who', 'AGENCY PERSON'], ['when', 'DATE DURATION'], ['much', 'COUNT MONEY'], ['where', 'PHONE ADDRESS'], ['what', 'LAW CHANNEL']];
    fill(byId('keys'), el('h2', {}, word('help')),
      el('dl', {}, keys.map(([key, said]) => [el('dt', {}, key.split(' ').map((one) => el('kbd', {}, one))), el('dd', {}, word(said))])),
      el('p', { class: 'samples' }, families.map(([family, labels]) => el('span', { class: `entity ${family}` }, labels.split(' ').map((label) => nameOf('entities', label)).join('、')))),
      el('p', { class: 'samples' }, ['used', 'unused'].map((kind) => el('span', { class: `figure ${kind}` }, word(`legend_${kind}`))), el('span', { class: 'broken' }, word('legend_failed'))),
      el('p', { class: 'actions' }, el('button', { type: 'button', class: 'main', on: { click: () => byId('keys').close() } }, word('close'))));
    byId('keys').showModal();
  }

  // One step back: what lies on top is closed, then the report itself.
  escape() {
    if (!byId('marker').hidden) {
      byId('marker').hidden = true;
      getSelection().removeAllRanges();
    } else if (this.inspector.open) this.inspector.close();
    else if (byId('query').value) {
      byId('query').value = '';
      this.searched();
    } else if (this.number !== null && this.many) location.hash = '';
  }

  searched() {
    const query = byId('query').value;
    if (this.number === null) {
      this.index.filter.query = query;
      this.index.show();
      return;
    }
    const found = this.text.search(query);
    byId('hits').textContent = query ? String(found) : '';
  }

  nextHit(by) {
    if (this.number === null) {
      this.step(1);
      return;
    }
    this.turn('text');
    this.text.nextHit(by);
    if (this.text.hits.length) byId('hits').textContent = `${this.text.hit + 1}/${this.text.hits.length}`;
  }

  dress(theme) {
    if (theme) document.documentElement.dataset.theme = theme;
    const dark = theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    byId('theme').textContent = dark ? '☀' : '☾';
  }

  listen() {
    addEventListener('hashchange', () => this.route());
    addEventListener('keydown', (event) => this.key(event));
    addEventListener('beforeunload', (event) => {
      if ([...this.kept.values()].some((one) => one.corrections.unsaved)) event.preventDefault();
    });
    byId('text').addEventListener('pointerup', () => setTimeout(() => this.offerMarks()));
    byId('text').addEventListener('keyup', (event) => event.shiftKey && this.offerMarks());
    byId('back').addEventListener('click', () => { location.hash = ''; });
    byId('help').addEventListener('click', () => this.showKeys());
    byId('corrections').addEventListener('click', () => this.showChanges());
    byId('theme').addEventListener('click', () => {
      const theme = byId('theme').textContent === '☾' ? 'dark' : 'light';
      remembered('theme', theme);
      this.dress(theme);
    });
    byId('language').addEventListener('click', () => {
      page.language = page.language === 'zh' ? 'en' : 'zh';
      remembered('language', page.language);
      applyWords();
      if (this.number === null) this.index.show();
      else {
        this.text.repaint();
        this.redraw();
        if (this.inspector.open) this.inspector.show(this.inspector.span);
      }
    });
    byId('query').addEventListener('input', () => this.searched());
    byId('search').addEventListener('submit', (event) => event.preventDefault());
    byId('query').addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.nextHit(event.shiftKey ? -1 : 1);
      if (event.key === 'Escape') byId('query').blur();
    });
    for (const button of byId('sides').children) button.addEventListener('click', () => this.turn(button.dataset.side));
    this.turn('record');
  }

  key(event) {
    const typing = event.target.closest?.('input:not([type=range], [type=checkbox]), select, textarea, dialog');
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing) {
      if (event.key === 'Escape' && event.target.closest('select')) this.escape();
      return;
    }
    const keys = {
      j: () => this.step(1), k: () => this.step(-1), '/': () => byId('query').focus(), '?': () => this.showKeys(), Escape: () => this.escape(),
      n: () => this.stepSentence(1), p: () => this.stepSentence(-1), u: () => this.corrections.done.length && this.corrections.undo(),
      t: () => this.turn(byId('report').dataset.side === 'text' ? 'record' : 'text'), e: () => this.edit(document.activeElement?.dataset?.path ?? this.current ?? ''),
    };
    const needsReport = 'npute'.includes(event.key);
    if (!Object.hasOwn(keys, event.key) || (needsReport && this.number === null)) return;
    event.preventDefault();
    keys[event.key]();
  }
}

// What a reader chose, remembered where the browser allows it.
function remembered(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`nianbao.${name}`, value);
    return localStorage.getItem(`nianbao.${name}`);
  } catch {
    return null;
  }
}

async function unpack(script) {
  const bytes = Uint8Array.from(atob(script.textContent), (char) => char.charCodeAt(0));
  const record = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'))).json();
  record.paragraphs.sort((a, b) => a.start - b.start);
  return record;
}

function say(text) {
  byId('status').textContent = visible(text);
}

const app = new App();
