/** Finds characters that a reader cannot see but that change what is read: bidirectional controls,
 *  zero-width characters, tags. Joiners inside words and emoji are left alone. */

const SUSPECT =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const JOINER = /[\u200c\u200d]/;
const JOINED_BEFORE = /^[\p{L}\p{M}\p{Extended_Pictographic}\ufe0f\u{1f3fb}-\u{1f3ff}]/u;
const JOINED_AFTER = /^[\p{L}\p{M}\p{Extended_Pictographic}]/u;

export type Piece = string | { code: string };

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(SUSPECT)) {
    const [character] = found;
    const after = found.index + character.length;
    const joins =
      JOINER.test(character) &&
      JOINED_BEFORE.test(lastOf(text.slice(0, found.index))) &&
      JOINED_AFTER.test(text.slice(after));
    if (joins) continue;
    if (found.index > from) pieces.push(text.slice(from, found.index));
    pieces.push({ code: codeOf(character) });
    from = after;
  }
  if (from < text.length || pieces.length === 0) pieces.push(text.slice(from));
  return pieces;
}

/** The last character. Chromium 156 finds none beyond U+FFFF by `$`. */
function lastOf(text: string): string {
  return /[\udc00-\udfff]$/.test(text) ? text.slice(-2) : text.slice(-1);
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`;
}
