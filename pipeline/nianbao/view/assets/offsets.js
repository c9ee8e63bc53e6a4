// A text and its two ways of counting. The record counts code points, JavaScript counts UTF-16 units: a character beyond
// the basic plane, 𠮷, is one of the former and two of the latter.

class Offsets {
  constructor(text) {
    this.text = text;
    this.pairs = []; // the unit at which each two-unit character begins
    for (const match of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) this.pairs.push(match.index);
    this.points = text.length - this.pairs.length;
  }

  // The unit at which a code point begins.
  unit(point) {
    // the i-th pair begins at code point pairs[i] - i
    return point + below(this.pairs.length, (i) => this.pairs[i] - i < point);
  }

  // The code point that a unit belongs to.
  point(unit) {
    return unit - below(this.pairs.length, (i) => this.pairs[i] < unit);
  }

  // The words of a span of the record.
  quote(start, end) {
    return this.text.slice(this.unit(start), this.unit(end));
  }
}

// How many of 0..count-1 the test holds for; it holds up to some place and no further.
function below(count, test) {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (test(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Characters that show nothing or turn the direction of writing are shown by a sign, one unit for one, so that offsets stay.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function visible(text) {
  return text.replace(UNSEEN, (char) => {
    const code = char.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\ufffd';
  });
}

// A text on one line, its middle left out where it is long.
function brief(text, most = 60) {
  const flat = visible(String(text)).replace(/\s+/g, ' ').trim();
  const chars = Array.from(flat.slice(0, most * 4));
  return chars.length <= most && flat.length <= most * 4 ? flat : `${chars.slice(0, most - 1).join('')}…`;
}
