// What does not add up: checks that failed, and figures of which there are two.

function checksPart(side) {
  const { checks } = side.record;
  if (!checks.length) return null;
  const failed = checks.filter((check) => check.status === 'fail' && inSection(side, check));
  const count = (status) => checks.filter((check) => check.status === status).length;
  const all = el(
    'details',
    {},
    el(
      'summary',
      {},
      `${word('all_checks')} · ${word('pass')} ${count('pass')} · ${word('fail')} ${count('fail')} · ${word('skip_check')} ${count('skip')}`,
    ),
  );
  all.addEventListener('toggle', () => {
    if (all.open && all.children.length === 1)
      all.append(
        el(
          'ul',
          { class: 'all-checks' },
          checks.map((check) =>
            el(
              'li',
              { class: check.status },
              el('b', {}, check.id),
              ` ${word(check.status === 'skip' ? 'skip_check' : check.status)} `,
              visible(`${check.instance} ${relation(check)}`),
            ),
          ),
        ),
      );
  });
  return [
    failed.length
      ? el(
          'ul',
          { class: 'checks' },
          failed.map((check) => failurePart(side, check)),
        )
      : el('p', { class: 'none' }, word('none_failed')),
    all,
  ];
}

function inSection(side, check) {
  return (
    side.filter.label === null ||
    spansOf(check, side.record).some((span) => side.app.sectionAt(span.start) === side.filter.label)
  );
}

function failurePart(side, check) {
  const index = side.record.checks.indexOf(check);
  const places = check.at
    .map((at) => (at.form === undefined ? { ...at, path: `checks/${index}` } : { ...cellAt(side.record, at), at }))
    .filter((at) => at.path || at.cell);
  const openers = places.map((at) =>
    at.cell
      ? side.opener(
          cellPath(at.table, at.row, at.column),
          at.cell,
          { class: 'at' },
          `${rowLabel(at.at)} `,
          el('b', {}, at.cell.value === null ? nameOf('states', at.cell.state) : number(at.cell.value)),
        )
      : side.opener(at.path, at, { class: 'at' }, `“${brief(side.app.quote(at.start, at.end), 30)}”`),
  );
  return el(
    'li',
    { class: `check ${check.severity}` },
    el(
      'p',
      { class: 'head' },
      el('b', {}, check.id),
      el('span', { class: 'severity' }, word(check.severity)),
      check.instance && el('span', { class: 'instance' }, visible(nameOf('indicators', check.instance))),
      check.left !== null &&
        check.right !== null &&
        el('span', { class: 'sides-of' }, `${number(check.left)} ≠ ${number(check.right)}`),
    ),
    el('p', {}, relation(check)),
    check.detail && el('p', { class: 'detail' }, visible(check.detail)),
    openers.length > 0 && el('div', { class: 'places' }, openers),
  );
}

function conflictsPart(side) {
  const shown = side.record.conflicts.filter(
    (clash) =>
      !side.filter.failed && (side.filter.label === null || side.app.sectionAt(clash.start) === side.filter.label),
  );
  return (
    shown.length > 0 &&
    el(
      'ul',
      { class: 'conflicts' },
      shown.map((clash) => {
        const kept = side.record.indicators[clash.indicator];
        return el(
          'li',
          {},
          el('h3', {}, nameOf('indicators', clash.indicator)),
          el(
            'div',
            { class: 'pair' },
            side.opener(
              `indicators/${clash.indicator}`,
              kept ?? {},
              { class: 'kept' },
              el('small', {}, word('kept')),
              el('b', {}, number(clash.kept)),
              kept?.start != null && el('q', {}, side.app.around(kept.start, kept.end)),
            ),
            side.opener(
              `conflicts/${side.record.conflicts.indexOf(clash)}`,
              clash,
              { class: 'other' },
              el('small', {}, word('other')),
              el('b', {}, number(clash.other)),
              el('q', {}, side.app.around(clash.start, clash.end)),
            ),
          ),
        );
      }),
    )
  );
}

// What a failed check concerns: path of a value -> ids of the checks.
function brokenPaths(record) {
  const broken = new Map();
  const places = new Map();
  for (const value of evidenceOf(record))
    places.set(`${value.start}-${value.end}`, [...(places.get(`${value.start}-${value.end}`) ?? []), value.path]);
  for (const check of record.checks) {
    if (check.status !== 'fail') continue;
    for (const at of check.at) {
      const cell = at.form === undefined ? null : cellAt(record, at);
      const span = cell?.cell ?? at;
      const paths = new Set([
        ...(cell ? [cellPath(cell.table, cell.row, cell.column)] : []),
        ...(span.start == null ? [] : (places.get(`${span.start}-${span.end}`) ?? [])),
      ]);
      for (const path of paths) broken.set(path, [...new Set([...(broken.get(path) ?? []), check.id])]);
    }
  }
  return broken;
}

const relation = (check) => (page.shared.relations[check.id] ?? ['', ''])[page.language === 'zh' ? 0 : 1];
