// What a reader mends in a record. Each correction is a list of small steps, and each step knows its way back.

class Corrections {
  constructor(record, onChange) {
    this.record = record;
    this.onChange = onChange;
    this.done = []; // {path, before, after, back}
    this.saved = 0;
  }

  get unsaved() {
    return this.done.length !== this.saved;
  }

  has(path) {
    return this.done.some((one) => one.path === path);
  }

  // Carries out one correction: `steps` are functions that do something and return what undoes it.
  make(path, before, after, ...steps) {
    const back = steps.map((step) => step()).reverse();
    this.done.push({ path, before, after, back });
    this.onChange();
  }

  undo() {
    this.done.pop()?.back.forEach((step) => step());
    this.onChange();
  }

  section(index, key, value) {
    const paragraph = this.record.paragraphs[index];
    this.make(
      `paragraphs/${paragraph.start}-${paragraph.end}/${key}`,
      paragraph[key],
      value,
      setting(paragraph, key, value),
    );
  }

  // Marks a span; what overlaps it gives way, for mentions never overlap.
  entity(start, end, label) {
    const list = this.record.entities;
    const over = list.filter((e) => e.start < end && e.end > start);
    const made = { label, start, end, value: over.find((e) => e.label === label)?.value ?? null };
    this.make(
      entityPath(made),
      over.map((e) => e.label).join(' '),
      label,
      ...over.map((e) => removing(list, e)),
      inserting(list, made),
    );
  }

  relabel(entity, label) {
    this.make(entityPath(entity), entity.label, label, setting(entity, 'label', label), setting(entity, 'value', null));
  }

  drop(list, item, path, before) {
    this.make(path, before, '—', removing(this.record[list], item));
  }

  fact(fact, key, value) {
    this.make(factPath(fact), fact[key], value, setting(fact, key, value));
  }

  addFact(start, end, value, indicator, unit) {
    const fact = {
      indicator,
      value,
      unit,
      approx: false,
      start,
      end,
      scope: 'own',
      year: this.record.year?.value ?? null,
      status: 'fact',
      cumulative: false,
      used: true,
      confidence: 1,
    };
    this.make(factPath(fact), '—', value, inserting(this.record.facts, fact));
  }

  field(name, value) {
    const before = this.record[name];
    this.make(
      `fields/${name}`,
      before?.value ?? '—',
      value ?? '—',
      setting(this.record, name, value === null ? null : uncited(before, value)),
    );
  }

  contact(name, index, value) {
    const list = this.record.contact[name];
    const step = value === null ? removing(list, list[index]) : setting(list[index], 'value', value);
    this.make(`fields/contact.${name}`, list[index].value, value ?? '—', step);
  }

  indicator(id, value) {
    const all = this.record.indicators;
    const step = value === null ? deleting(all, id) : setting(all[id], 'value', value);
    this.make(`indicators/${id}`, all[id].value, value ?? '—', step);
  }

  // A cell that an indicator was taken from takes the indicator with it, so that the sample agrees with itself.
  cell(table, row, column, value) {
    const cell = this.record.tables[table].cells[row][column];
    const steps = [setting(cell, 'value', value), setting(cell, 'state', value === null ? 'blank' : 'printed')];
    const indicator = Object.values(this.record.indicators).find(
      (v) => v.source === 'table' && v.start !== null && v.start === cell.start,
    );
    if (indicator && value !== null && indicator.value === cell.value) steps.push(setting(indicator, 'value', value));
    this.make(
      cellPath(table, row, column),
      cell.value ?? nameOf('states', cell.state),
      value ?? nameOf('states', 'blank'),
      ...steps,
    );
  }
}

const uncited = (before, value) => ({ start: null, end: null, source: 'metadata', confidence: 1, ...before, value });

function setting(object, key, value) {
  return () => {
    const before = object[key];
    object[key] = value;
    return () => {
      object[key] = before;
    };
  };
}

function deleting(object, key) {
  return () => {
    const entries = Object.entries(object);
    delete object[key];
    return () => {
      for (const name of Object.keys(object)) delete object[name];
      Object.assign(object, Object.fromEntries(entries)); // in the order of before
    };
  };
}

function removing(list, item) {
  return () => {
    const index = list.indexOf(item);
    list.splice(index, 1);
    return () => list.splice(index, 0, item);
  };
}

function inserting(list, item) {
  return () => {
    list.splice(
      below(list.length, (i) => list[i].start < item.start),
      0,
      item,
    );
    return () => list.splice(list.indexOf(item), 1);
  };
}

// The whole annotation of a report as one sample; `nianbao.train.annotation` says what each key means.
function sampleOf(record, corrections) {
  const pick = (object, keys) => Object.fromEntries(keys.map((key) => [key, object[key] ?? null]));
  const values = (entries, get) => Object.fromEntries(entries.map(([key, value]) => [key, get(value)]));
  const value = (cited) => cited?.value ?? null;
  return {
    text: record.text,
    name: record.source.uri,
    paragraphs: record.paragraphs.map((p) => ({
      ...pick(p, ['start', 'end', 'label', 'secondary']),
      level: p.heading_level,
    })),
    entities: record.entities.map((e) => pick(e, ['start', 'end', 'label', 'value'])),
    facts: record.facts.map((f) => ({
      start: f.start,
      end: f.end,
      indicators: [f.indicator],
      ...pick(f, ['value', 'scope', 'year', 'status', 'cumulative', 'used']),
    })),
    fields: {
      ...pick(record, ['kind', 'era']),
      ...values(
        FIELDS.map((field) => [field, record[field]]),
        value,
      ),
      agency_aliases: record.agency?.aliases ?? [],
      level: record.agency?.level ?? null,
      region: values(
        Object.entries(record.agency?.region ?? {}).filter(([, name]) => name !== null),
        (name) => name,
      ),
      contact: values(
        Object.entries(record.contact).filter(([, list]) => list.length),
        (list) => list.map(value),
      ),
      problems: record.problems.map((item) => item.text),
      measures: record.measures.map((item) => item.text),
    },
    indicators: values(Object.entries(record.indicators), value),
    tables: record.tables
      .filter((table) => table.cells)
      .map((table) => ({
        form: table.form,
        cells: values(Object.entries(table.cells), (row) => values(Object.entries(row), value)),
      })),
    corrected: [...new Set(corrections.done.map((one) => one.path))],
  };
}

// Gives the reader a file, one sample a line.
function download(samples, name) {
  const lines = samples.map((sample) => `${JSON.stringify(sample)}\n`);
  const url = URL.createObjectURL(new Blob(lines, { type: 'application/x-ndjson' }));
  el('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}
