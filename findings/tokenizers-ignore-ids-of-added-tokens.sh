#!/usr/bin/env bash
# npm tokenizers 0.23.2 (the Rust library): the ids that tokenizer.json gives its added tokens are ignored.
# A file whose vocabulary has ids 0 and 1 and whose added token "<x>" says id 5 loads without a word, and "<x>" becomes id 2: the
# next free one. A model trained with the ids of the file then reads another row of its embedding. A file whose added tokens leave a gap
# (one was deleted by hand, or vocabularies were joined) is enough.
# Here: a tokenizer.json whose added tokens contradict their place is refused by name.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit tokenizers@0.23.2 >/dev/null
cat >run.js <<'JS'
const { Tokenizer } = require('tokenizers');
const added = { id: 5, content: '<x>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
const file = {
  version: '1.0', truncation: null, padding: null, added_tokens: [added], normalizer: null, pre_tokenizer: null,
  post_processor: null, decoder: null, model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] },
};
(async () => {
  const encoded = await Tokenizer.fromString(JSON.stringify(file)).encode('a<x>b');
  console.log(encoded.getIds().join(' '));
})();
JS
seen=$(node run.js)
printf '%s\n' "$seen"
if [ "$seen" != "0 2 1" ]; then
  echo "CHANGED: expected 0 2 1" >&2
  exit 1
fi
echo "as described: the added token has id 2, the file says 5"
