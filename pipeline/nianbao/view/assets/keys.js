// The keyboard, and the help that tells of it.

function pressed(app, event) {
  const typing = event.target.closest?.('input:not([type=range], [type=checkbox]), select');
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const dialog = document.querySelector('dialog[open]');
  if (dialog) {
    if (event.key !== 'Escape') return;
    event.preventDefault(); // the browser closes it too, but when it likes: a second Escape could be lost on it
    dialog.close();
    return;
  }
  if (typing) {
    if (event.key === 'Escape' && event.target.closest('select')) app.escape();
    return;
  }
  const keys = {
    j: () => app.step(1),
    k: () => app.step(-1),
    '/': () => byId('query').focus(),
    '?': () => showKeys(),
    Escape: () => app.escape(),
    n: () => app.stepSentence(1),
    p: () => app.stepSentence(-1),
    u: () => app.corrections.done.length && app.corrections.undo(),
    t: () => app.turn(byId('report').dataset.side === 'text' ? 'record' : 'text'),
    e: () => app.editing.edit(document.activeElement?.dataset?.path ?? app.current ?? ''),
  };
  const needsReport = 'npute'.includes(event.key);
  if (!Object.hasOwn(keys, event.key) || (needsReport && app.number === null)) return;
  event.preventDefault();
  keys[event.key]();
}

function showKeys() {
  const keys = [
    ['j k', 'key_next'],
    ['Enter', 'key_open'],
    ['e', 'key_edit'],
    ['/', 'key_search'],
    ['n p', 'key_sentence'],
    ['t', 'key_side'],
    ['u', 'key_undo'],
    ['Esc', 'key_close'],
    ['?', 'key_help'],
  ];
  const families = [
    ['who', 'AGENCY PERSON'],
    ['when', 'DATE DURATION'],
    ['much', 'COUNT MONEY'],
    ['where', 'PHONE ADDRESS'],
    ['what', 'LAW CHANNEL'],
  ];
  fill(
    byId('keys'),
    el('h2', {}, word('help')),
    el(
      'dl',
      {},
      keys.map(([key, said]) => [
        el(
          'dt',
          {},
          key.split(' ').map((one) => el('kbd', {}, one)),
        ),
        el('dd', {}, word(said)),
      ]),
    ),
    el(
      'p',
      { class: 'samples' },
      families.map(([family, labels]) =>
        el(
          'span',
          { class: `entity ${family}` },
          labels
            .split(' ')
            .map((label) => nameOf('entities', label))
            .join('、'),
        ),
      ),
    ),
    el(
      'p',
      { class: 'samples' },
      ['used', 'unused'].map((kind) => el('span', { class: `figure ${kind}` }, word(`legend_${kind}`))),
      el('span', { class: 'broken' }, word('legend_failed')),
    ),
    el(
      'p',
      { class: 'actions' },
      el('button', { type: 'button', class: 'main', on: { click: () => byId('keys').close() } }, word('close')),
    ),
  );
  byId('keys').showModal();
}
