// The text of a report. It is built in chunks, those near the window only, so that two million characters open as fast as
// two thousand. Highlights are ranges of the browser's own (CSS custom highlights): they never change the text's nodes.

const CHUNK = 6000; // units that one chunk holds at least
const BLOCK = 3000; // units that one block holds at most: longer lines are cut, for layout takes its time with them
const AT_ONCE = 40000; // texts up to this many units are built whole

class TextSide {
  constructor(root, onPick) {
    this.root = root;
    this.onPick = onPick;
    this.seen = new IntersectionObserver(
      (entries) => {
        for (const entry of entries)
          if (entry.isIntersecting) this.build(this.chunks[Number(entry.target.dataset.chunk)]);
      },
      { root, rootMargin: '1500px 0px' },
    );
    root.addEventListener('click', (event) => this.clicked(event));
  }

  show(record, offsets) {
    this.seen.disconnect();
    this.record = record;
    this.offsets = offsets;
    this.hits = [];
    this.mark();
    this.blocks = blocksOf(record, offsets);
    this.chunks = chunksOf(this.blocks);
    fill(
      this.root,
      this.chunks.map((chunk, i) => {
        chunk.node = el('div', { class: 'chunk', data: { chunk: String(i) } });
        chunk.node.style.containIntrinsicBlockSize = `auto ${chunk.blocks.reduce((sum, block) => sum + heightOf(block), 0)}px`;
        return chunk.node;
      }),
    );
    const whole = offsets.text.length <= AT_ONCE;
    for (const chunk of this.chunks) {
      if (whole) this.build(chunk);
      else this.seen.observe(chunk.node);
    }
  }

  // The marks as the record stands; `repaint` follows where the text is shown already.
  mark() {
    const unit = (span) => ({ start: this.offsets.unit(span.start), end: this.offsets.unit(span.end) });
    const figures = this.record.facts.map((f) => ({ ...unit(f), mark: f.used ? 'figure used' : 'figure unused' }));
    const cells = this.record.tables
      .flatMap((table) => [...cellsOf(table)].filter(([, , c]) => c.start !== null))
      .map(([, , cell]) => ({ ...unit(cell), mark: 'figure used' }));
    const failed = this.record.checks
      .filter((c) => c.status === 'fail')
      .flatMap((check) => spansOf(check, this.record))
      .map((span) => ({ ...unit(span), mark: 'broken' }));
    const entities = this.record.entities.map((e) => ({ ...unit(e), mark: `entity ${FAMILIES[e.label] ?? 'what'}` }));
    this.layers = [entities, [...figures, ...cells], failed].map((spans) => spans.sort((a, b) => a.start - b.start));
  }

  repaint() {
    this.mark();
    for (const block of this.blocks) {
      if (block.paragraph >= 0) Object.assign(block, sectionOf(this.record.paragraphs[block.paragraph]));
    }
    for (const chunk of this.chunks.filter((c) => c.built)) {
      chunk.built = false;
      this.build(chunk);
    }
    this.paintHits();
  }

  build(chunk) {
    if (chunk.built) return;
    chunk.built = true;
    this.seen.unobserve(chunk.node);
    fill(
      chunk.node,
      chunk.blocks.map((block) => this.blockNode(block)),
    );
    chunk.node.classList.add('built');
    if (this.hits.length) this.paintHits();
  }

  blockNode(block) {
    const node = el('p', { class: 'block', data: { block: String(block.index), label: block.label } });
    if (block.level) node.classList.add(`level-${block.level}`);
    if (block.cut) node.classList.add('cut');
    if (block.opens && block.label) {
      node.append(el('span', { class: 'tag', 'aria-hidden': 'true', data: { name: sectionName(block) } }));
    }
    block.nodes = [];
    const put = (start, end, parent) => {
      const text = document.createTextNode(visible(this.offsets.text.slice(start, end)));
      block.nodes.push({ start, end, text });
      parent.append(text);
    };
    const pieces = flatten(this.layers, block.start, block.end);
    if (!pieces.length) put(block.start, block.end, node);
    for (const { start, end, classes } of pieces) {
      const parent = classes.size ? el('span', { class: [...classes].join(' ') }) : node;
      put(start, end, parent);
      if (parent !== node) node.append(parent);
    }
    block.node = node;
    return node;
  }

  // The range of a span in units; the chunks that it touches are built for it.
  range(start, end) {
    const first = Math.max(0, below(this.blocks.length, (i) => this.blocks[i].start <= start) - 1);
    const last = Math.max(first, below(this.blocks.length, (i) => this.blocks[i].start < end) - 1);
    for (let c = this.blocks[first].chunk; c <= this.blocks[last].chunk; c += 1) this.build(this.chunks[c]);
    const [from, at] = nodeAt(this.blocks[first], start, false);
    const [to, until] = nodeAt(this.blocks[last], end, true);
    const range = document.createRange();
    range.setStart(from, at);
    range.setEnd(to, until);
    return range;
  }

  // Shows a span, given in code points, and flashes it.
  reveal(start, end, { flash = true } = {}) {
    if (!this.blocks.length) return;
    const range = this.range(this.offsets.unit(start), this.offsets.unit(end));
    paint('evidence', [range]);
    this.bringIntoView(range);
    if (!flash || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    clearInterval(this.flashing);
    let left = 4;
    this.flashing = setInterval(() => {
      left -= 1;
      paint('flash', left % 2 ? [range] : []);
      if (left <= 0) clearInterval(this.flashing);
    }, 160);
    paint('flash', [range]);
  }

  // What is built on the way to a place, and what the browser lays out only when it comes near, moves what is below: the
  // place is looked for again until it stays.
  bringIntoView(range, looks = 8) {
    const spot = range.getBoundingClientRect();
    const view = this.root.getBoundingClientRect();
    const seen = spot.top >= view.top && spot.top < view.bottom - 20;
    if (!seen || looks === 8) this.root.scrollTop += spot.top - view.top - Math.max(40, view.height / 3);
    this.sought = range;
    if (looks) requestAnimationFrame(() => this.sought === range && this.bringIntoView(range, looks - 1));
  }

  clicked(event) {
    if (!getSelection().isCollapsed) return;
    const unit = this.unitAt(event.clientX, event.clientY);
    if (unit !== null) this.onPick(sentenceAt(this.offsets.text, unit));
  }

  unitAt(x, y) {
    const at = document.caretPositionFromPoint?.(x, y);
    const range = at ? null : document.caretRangeFromPoint?.(x, y);
    return at
      ? this.unitOf(at.offsetNode, at.offset)
      : range
        ? this.unitOf(range.startContainer, range.startOffset)
        : null;
  }

  // The unit of the text that a place in the document stands for; null outside the text.
  unitOf(node, offset) {
    const parent = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest('[data-block]');
    const block = parent && this.root.contains(parent) ? this.blocks[Number(parent.dataset.block)] : null;
    if (!block) return null;
    const found = block.nodes.find((part) => part.text === node);
    if (found) return found.start + offset;
    return offset === 0 ? block.start : block.end;
  }

  // The selected span in units, without blanks at its edges; null if nothing of the text is selected.
  selected() {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return null;
    const range = selection.getRangeAt(0);
    let start = this.unitOf(range.startContainer, range.startOffset);
    let end = this.unitOf(range.endContainer, range.endOffset);
    if (start === null || end === null) return null;
    while (start < end && /\s/.test(this.offsets.text[start])) start += 1;
    while (end > start && /\s/.test(this.offsets.text[end - 1])) end -= 1;
    return start < end ? { start, end } : null;
  }

  search(query) {
    this.hits = [];
    if (query) {
      const pattern = new RegExp(query.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&'), 'giu');
      for (const match of this.offsets.text.matchAll(pattern)) {
        this.hits.push({ start: match.index, end: match.index + match[0].length });
        if (this.hits.length === 10000) break;
      }
    }
    this.hit = -1;
    this.paintHits();
    return this.hits.length;
  }

  nextHit(step) {
    if (!this.hits.length) return;
    this.hit = (this.hit + step + this.hits.length) % this.hits.length;
    const { start, end } = this.hits[this.hit];
    this.reveal(this.offsets.point(start), this.offsets.point(end), { flash: false });
  }

  paintHits() {
    const ranges = this.chunks
      .filter((chunk) => chunk.built)
      .flatMap((chunk) => overlapping(this.hits, chunk.blocks[0].start, chunk.blocks.at(-1).end))
      .filter((hit) => this.blocks[below(this.blocks.length, (i) => this.blocks[i].start <= hit.start) - 1]?.nodes)
      .map((hit) => this.range(hit.start, hit.end));
    paint('hits', ranges);
  }
}

// A browser without custom highlights shows the evidence as its selection.
function paint(name, ranges) {
  if (typeof Highlight === 'function') CSS.highlights.set(name, new Highlight(...ranges));
  else if (name === 'evidence' && ranges.length)
    getSelection().setBaseAndExtent(
      ranges[0].startContainer,
      ranges[0].startOffset,
      ranges[0].endContainer,
      ranges[0].endOffset,
    );
}

// The node and the offset in it at which a unit of a block stands.
function nodeAt(block, unit, ending) {
  const parts = block.nodes;
  const index = below(parts.length, (i) => (ending ? parts[i].start < unit : parts[i].start <= unit)) - 1;
  const part = parts[Math.max(0, index)];
  return [part.text, Math.min(Math.max(0, unit - part.start), part.end - part.start)];
}

const sectionOf = (paragraph) => ({
  label: paragraph.label,
  secondary: paragraph.secondary,
  level: paragraph.heading_level,
});
const sectionName = (block) => [block.label, ...block.secondary].map((label) => nameOf('sections', label)).join(' + ');

// The text as blocks: its segments, and whatever no segment covers, line by line; long ones cut.
function blocksOf(record, offsets) {
  const blocks = [];
  const add = (start, end, paragraph, section) => {
    for (let at = start; at < end;) {
      let stop = Math.min(end, at + BLOCK);
      if (stop < end && /[\udc00-\udfff]/.test(offsets.text[stop])) stop -= 1; // never between the halves of a pair
      const opens = at === start && blocks.at(-1)?.label !== section.label;
      blocks.push({ start: at, end: stop, paragraph, ...section, cut: stop < end, opens, index: blocks.length });
      at = stop;
    }
  };
  let done = 0;
  const loose = (until) => {
    for (const match of offsets.text.slice(done, until).matchAll(/[^\n]*\S[^\n]*/g)) {
      add(done + match.index, done + match.index + match[0].length, -1, { label: '', secondary: [], level: null });
    }
  };
  record.paragraphs.forEach((paragraph, i) => {
    const start = offsets.unit(paragraph.start);
    loose(start);
    done = offsets.unit(paragraph.end);
    add(start, done, i, sectionOf(paragraph));
  });
  loose(offsets.text.length);
  return blocks;
}

// About how high a block will be, in pixels; the browser takes it for what it has not laid out yet.
function heightOf(block) {
  const [line, characters] = block.label === 'statistics' ? [21, 44] : [33, 36];
  return Math.ceil((block.end - block.start) / characters) * line;
}

function chunksOf(blocks) {
  const chunks = [];
  for (const block of blocks) {
    if (!chunks.length || chunks.at(-1).units >= CHUNK) chunks.push({ blocks: [], units: 0, built: false });
    block.chunk = chunks.length - 1;
    chunks.at(-1).blocks.push(block);
    chunks.at(-1).units += block.end - block.start;
  }
  return chunks;
}

const STOPS = /[。！？!?；;\n]/;
const SENTENCE = 2000; // a text without stops has sentences all the same

function sentenceAt(text, unit) {
  let start = unit;
  while (start > 0 && unit - start < SENTENCE && !STOPS.test(text[start - 1])) start -= 1;
  let end = unit;
  while (end < text.length && end - unit < SENTENCE && !STOPS.test(text[end])) end += 1;
  if (end < text.length && text[end] !== '\n') end += 1;
  while (start < end && /\s/.test(text[start])) start += 1;
  return { start, end };
}

// The places of a check as spans of the text, in code points.
function spansOf(check, record) {
  return check.at
    .map((at) => (at.form === undefined ? at : cellAt(record, at)?.cell))
    .filter((span) => span && span.start !== null && span.start !== undefined);
}

// The cell that a check names: its table's number and the cell itself.
function cellAt(record, at) {
  const table = record.tables.findIndex((t) => t.form === at.form && t.cells?.[at.row]);
  const cell =
    table < 0
      ? undefined
      : record.tables[table].cells[at.row][at.column ?? Object.keys(record.tables[table].cells[at.row])[0]];
  return cell && { table, row: at.row, column: at.column ?? Object.keys(record.tables[table].cells[at.row])[0], cell };
}
