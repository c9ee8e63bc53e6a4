// What the page says, in the two languages, and the little that all other parts need to say it.

const WORDS = {
  skip: ['跳到记录', 'Skip to the record'],
  back: ['← 目录', '← Index'],
  tools: ['工具', 'Tools'],
  sides: ['切换', 'Switch'],
  record: ['记录', 'Record'],
  text: ['原文', 'Text'],
  search: ['搜索', 'Search'],
  language: ['English', '中文'],
  theme: ['明暗', 'Dark or light'],
  help: ['键盘与图例', 'Keys and legend'],
  sections: ['章节', 'Sections'],
  inspector: ['此处读出', 'Read here'],
  mark: ['标注所选', 'Mark the selection'],
  close: ['关闭', 'Close'],
  identity: ['概况', 'Identity'],
  contact: ['联系方式', 'Contact'],
  indicators: ['指标', 'Indicators'],
  tables: ['表格', 'Tables'],
  checks: ['核查', 'Checks'],
  conflicts: ['两数并存', 'Conflicts'],
  problems: ['存在问题', 'Problems'],
  measures: ['改进措施', 'Measures'],
  warnings: ['提示', 'Warnings'],
  facts: ['未计入的数字', 'Figures that do not count'],
  others: ['同页的其他年报', 'Other reports on the page'],
  body: ['本机关', 'the body itself'],
  whole_region: ['全地区', 'the whole region'],
  past: ['已做', 'done'],
  future: ['拟做', 'promised'],
  kept: ['采用', 'Kept'],
  other: ['另一处', 'Other'],
  none_failed: ['核查均未发现问题。', 'No check failed.'],
  all_checks: ['全部核查', 'All checks'],
  pass: ['通过', 'passed'],
  fail: ['未通过', 'failed'],
  skip_check: ['无从核查', 'could not be judged'],
  hard: ['错误', 'error'],
  soft: ['存疑', 'doubt'],
  no_text: [
    '记录不含原文。请用 nianbao extract --with-text 重新生成。',
    'The record has no text. Make it with nianbao extract --with-text.',
  ],
  unread: ['此输入没有读出文字,原因见“提示”。', 'No text was read from this input; the warnings say why.'],
  nothing_here: ['此句没有读出数值。', 'No value was read from this sentence.'],
  at_most: ['可信度不高于', 'Confidence at most'],
  only_failed: ['只看未通过核查的', 'Failed checks only'],
  clear: ['清除筛选', 'Clear filters'],
  no_match: ['没有符合筛选的内容。', 'Nothing matches the filters.'],
  no_evidence: ['此值没有文字出处', 'This value has no place in the text'],
  more: ['再显示 {0} 项', 'Show {0} more'],
  approx: ['约', 'about'],
  counts: ['计入', 'counts'],
  counts_not: ['不计入', 'does not count'],
  why_scope: ['属{0}', 'of {0}'],
  why_year: ['{0} 年的', 'of {0}'],
  why_plan: ['计划', 'a plan'],
  why_rule: ['规定或标准', 'a rule or threshold'],
  why_cumulative: ['累计数', 'a cumulative sum'],
  why_other: ['该指标另有出处', 'the indicator comes from another place'],
  section: ['章节', 'Section'],
  also: ['兼', 'also'],
  heading: ['标题层级', 'Heading level'],
  no_heading: ['非标题', 'no heading'],
  entities: ['实体', 'Entities'],
  values: ['数值', 'Values'],
  remove: ['删除', 'Remove'],
  edit: ['修改', 'Change'],
  edit_of: ['修改“{0}”', 'Change “{0}”'],
  add_fact: ['作为指标…', 'as indicator…'],
  add_entity: ['标为…', 'mark as…'],
  set_span: ['改范围：{0}', 'New span: {0}'],
  scope: ['范围', 'Scope'],
  indicator: ['指标', 'Indicator'],
  corrected: ['已修改', 'corrected'],
  corrections: ['修改 {0}', '{0} corrected'],
  undo: ['撤销', 'Undo'],
  undo_last: ['撤销上一步', 'Undo the last'],
  download: ['下载样本', 'Download samples'],
  changes: ['修改清单', 'Corrections'],
  changes_note: [
    '下载的 JSONL 含整份标注，可作训练样本；核查结果仍是修改前的。',
    'The JSONL holds the whole annotation, a sample for training. Checks are those of the record as it was.',
  ],
  bad_number: ['请输入数字', 'Give a number'],
  shown: ['{0} / {1} 份', '{0} of {1}'],
  agency: ['机构', 'Agency'],
  year: ['年度', 'Year'],
  era: ['格式', 'Form'],
  place: ['地区', 'Region'],
  status: ['状态', 'Status'],
  failed: ['未通过', 'Failed'],
  least_sure: ['最低可信度', 'Least sure'],
  all: ['全部', 'All'],
  with_failed: ['有未通过的', 'With failed checks'],
  key_next: ['下一个、上一个数值', 'Next, previous value'],
  key_open: ['显示出处', 'Show its evidence'],
  key_edit: ['修改当前值', 'Change the value'],
  key_search: ['搜索', 'Search'],
  key_sentence: ['原文中下一句、上一句', 'In the text: next, previous sentence'],
  key_undo: ['撤销修改', 'Undo a correction'],
  key_side: ['原文与记录切换', 'Text or record'],
  key_close: ['关闭、返回', 'Close, go back'],
  key_help: ['本说明', 'This help'],
  legend_used: ['计入指标的数字', 'A figure that counts'],
  legend_unused: ['不计入的数字', 'A figure that does not count'],
  legend_failed: ['未通过核查', 'Failed a check'],
  unknown_table: ['未识别的表格', 'A table of no known form'],
  broken: ['本页数据无法读取：{0}', 'The data of this page cannot be read: {0}'],
};

const page = { language: 'zh', shared: null };

function word(key, ...values) {
  const pair = WORDS[key];
  const text = pair ? pair[page.language === 'zh' ? 0 : 1] : key;
  return text.replace(/\{(\d)\}/g, (_, i) => String(values[i]));
}

// The name of an id of the record; the id itself where it has none.
function nameOf(group, id) {
  const names = page.shared.names[group];
  return names && Object.hasOwn(names, id) ? names[id][page.language === 'zh' ? 0 : 1] : String(id);
}

function number(value) {
  return typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 6 }) : String(value ?? '');
}

// An element. Strings become text nodes, whatever they hold; nothing here takes markup.
function el(tag, options = {}, ...children) {
  const { on = {}, data = {}, ...attributes } = options;
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in node && typeof value !== 'string') node[key] = value;
    else node.setAttribute(key, value === true ? '' : value);
  }
  Object.assign(node.dataset, data);
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  return fill(node, ...children);
}

// Gives a node new children: nodes, strings and lists of them. What is null or false is left out.
function fill(node, ...children) {
  node.replaceChildren(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

const byId = (id) => document.getElementById(id);

// Words of the markup itself.
function applyWords() {
  document.documentElement.lang = page.language === 'zh' ? 'zh-CN' : 'en';
  const put = {
    word: (n, w) => {
      n.textContent = w;
    },
    hint: (n, w) => {
      n.placeholder = w;
    },
    label: (n, w) => n.setAttribute('aria-label', w),
    title: (n, w) => {
      n.title = w;
      n.setAttribute('aria-label', w);
    },
  };
  for (const [key, set] of Object.entries(put)) {
    for (const node of document.querySelectorAll(`[data-${key}]`)) set(node, word(node.dataset[key]));
  }
  byId('language').textContent = page.language === 'zh' ? 'EN' : '中';
}
