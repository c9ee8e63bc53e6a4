// The page as a whole: which report is shown, in which language and light; the keyboard; what the parts do together.

class App {
  constructor() {
    page.shared = JSON.parse(byId('shared').textContent);
    this.packed = [...document.querySelectorAll('script.packed')];
    this.kept = new Map(); // number of a report -> its record and corrections, once it was corrected
    this.number = null; // of the report that is shown; none is while the index is
    this.wanted = null; // of the report that is on its way
    this.current = null;
    this.text = new TextSide(byId('text'), (span) => this.inspect(span));
    this.side = new RecordSide(byId('record'), this);
    this.inspector = new Inspector(byId('inspector'), this);
    this.editing = new Editing(this);
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
    this.wanted = null;
    this.number = null;
    byId('marker').hidden = true;
    this.inspector.close();
    this.layOut('index');
    byId('heading').textContent = '年报 nianbao';
    document.title = 'nianbao';
    this.index.show();
  }

  async showReport(wanted) {
    this.wanted = wanted;
    let kept = this.kept.get(wanted);
    try {
      kept ??= { record: await unpack(this.packed[wanted]) };
    } catch (error) {
      byId('index').hidden = false;
      fill(byId('index'), el('p', { class: 'none' }, word('broken', error.message)));
      return;
    }
    if (this.wanted !== wanted) return; // the reader has gone on while it was unpacked
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
    if (this.record.text === undefined)
      fill(byId('text'), el('p', { class: 'none' }, word(this.record.source.chars === null ? 'unread' : 'no_text')));
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
    fill(
      byId('summary'),
      el('span', { class: `state ${record.status}` }, nameOf('statuses', record.status)),
      [
        nameOf('kinds', record.kind),
        record.era && nameOf('eras', record.era),
        row.uri && brief(row.uri.split('/').at(-1), 40),
      ]
        .filter(Boolean)
        .map((said) => el('span', {}, said)),
    );
    this.legend();
    this.side.show(record);
    const all = [...this.kept.values()].reduce((sum, one) => sum + one.corrections.done.length, 0);
    byId('corrections').hidden = all === 0;
    byId('corrections').textContent = word('corrections', all);
  }

  // The sections that the report has; a click narrows to one of them.
  legend() {
    const shown = [...new Set(this.record.paragraphs.map((p) => p.label))];
    fill(
      byId('legend'),
      shown.map((label) =>
        el(
          'button',
          {
            type: 'button',
            data: { label },
            'aria-pressed': String(this.side.filter.label === label),
            on: {
              click: () => {
                this.side.filter.label = this.side.filter.label === label ? null : label;
                this.filtered();
                byId('legend').querySelector(`[data-label="${label}"]`).focus();
              },
            },
          },
          nameOf('sections', label),
        ),
      ),
    );
    byId('text').classList.toggle('narrowed', this.side.filter.label !== null);
    document
      .querySelectorAll('.block')
      .forEach((block) => block.classList.toggle('chosen', block.dataset.label === this.side.filter.label));
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
    if (held)
      byId('inspector')
        .querySelector(`[data-key="${CSS.escape(held)}"]`)
        ?.focus();
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
    const button = this.side.find(path);
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
    for (const button of byId('sides').children)
      button.setAttribute('aria-pressed', String(button.dataset.side === side));
  }

  step(by) {
    const root = this.number === null ? byId('index') : byId('record');
    const stops = [...root.querySelectorAll(this.number === null ? 'tbody a' : '[data-path]')];
    if (!stops.length) return;
    const held = stops.indexOf(document.activeElement);
    const now =
      held >= 0
        ? held
        : stops.findIndex((stop) => stop.dataset.path === this.current && stop.classList.contains('current'));
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
    addEventListener('keydown', (event) => pressed(this, event));
    addEventListener('beforeunload', (event) => {
      if ([...this.kept.values()].some((one) => one.corrections.unsaved)) event.preventDefault();
    });
    byId('text').addEventListener('pointerup', () => setTimeout(() => this.editing.offerMarks()));
    byId('text').addEventListener('keyup', (event) => event.shiftKey && this.editing.offerMarks());
    if (matchMedia('(pointer: coarse)').matches) {
      // a finger's selection ends without an event of its own
      let waiting;
      document.addEventListener('selectionchange', () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.editing.offerMarks(), 400);
      });
    }
    byId('back').addEventListener('click', () => {
      location.hash = '';
    });
    byId('help').addEventListener('click', showKeys);
    byId('corrections').addEventListener('click', () => this.editing.showChanges());
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

// A word to the reader, for eyes and for screen readers, that goes by itself.
function say(text) {
  const status = byId('status');
  status.textContent = visible(text);
  status.classList.add('said');
  clearTimeout(say.timer);
  say.timer = setTimeout(() => status.classList.remove('said'), 2500);
}

const app = new App(); // by this name in the console
