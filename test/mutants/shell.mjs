/**
 * Small changes of a shell file, each of one line: a command is left out, a condition turned round, a
 * comparison or a number changed. Stryker knows no shell.
 */

const COMPARISONS = {
  '-eq': '-ne',
  '-ne': '-eq',
  '-gt': '-ge',
  '-ge': '-gt',
  '-lt': '-le',
  '-le': '-lt',
  '==': '!=',
  '!=': '==',
  '>=': '>',
  '<=': '<',
  '&&': '||',
  '||': '&&',
};

/** Words with which a line is part of something larger, or leaves nothing that could be noticed. */
const PART =
  /^(?:if|elif|else|fi|for|while|until|do|done|case|esac|then|\{|\}|\)|local|log|echo)\b|^[{})]/;

/** But for file descriptors, a wait that is longer, and what is only said. */
const NUMBER =
  /(?<![\w.$/:\\{&-]|\blog "[^"]*|\b(?:pause|sleep|timeout|return|exit) )\d+(?![\w.:/}>])/g;

/** Before a line: is it within single quotes, an awk or sed program for the most part? */
function quoted(lines) {
  let open = false;
  return lines.map((line) => {
    const before = open;
    const code = open ? line : line.replace(/(^|\s)#.*$/, '$1').replace(/"[^"]*"/g, '');
    if ((code.match(/'/g) ?? []).length % 2 === 1) open = !open;
    return before;
  });
}

/** @returns [{ line, before, after }], lines counted from 1 */
export function changesOf(text) {
  const lines = text.split('\n');
  const inProgram = quoted(lines);
  return lines.flatMap((before, index) => {
    const code = before.trim();
    if (code === '' || /^#|^for _ in /.test(code)) return [];
    const changes = new Set();
    const replace = (pattern, by) => {
      for (const match of before.matchAll(pattern)) {
        const end = match.index + match[0].length;
        const after = by(match[0]);
        changes.add(before.slice(0, match.index) + after + before.slice(end));
      }
    };
    if (!inProgram[index]) {
      if (!PART.test(code) && !/[\\|({'"]$|&&$|\bdo$|\bthen$|;;$/.test(code)) {
        changes.add(`${before.slice(0, before.indexOf(code))}:`);
      }
      replace(/\b(?:if|elif|while|until) (?=\[|[a-z_]+\b)/g, (word) => `${word}! `);
      replace(/(?<=^|[;&|{] *)! /g, () => '');
      replace(/(?<=\[ .*) = (?=.*\])/g, () => ' != ');
      replace(/(?<=\[ )-[nz](?= )/g, (test) => (test === '-n' ? '-z' : '-n'));
    }
    replace(
      /(?<=[\s)])(?:-(?:eq|ne|gt|ge|lt|le)|[=!<>]=|&&|\|\|)(?=\s)/g,
      (word) => COMPARISONS[word],
    );
    replace(/(?<=\b(?:return|exit) )[01]\b/g, (status) => `${1 - status}`);
    replace(NUMBER, (number) => `${Number(number) + 1}`);
    return [...changes].map((after) => ({ line: index + 1, before, after }));
  });
}
