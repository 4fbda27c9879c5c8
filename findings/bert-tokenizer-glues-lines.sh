#!/usr/bin/env bash
# Microsoft.ML.Tokenizers 2.0.1, BertTokenizer: a line break or a tab glues its neighbours into one word, and signs vanish.
# BERT's published tokenizer makes a blank of every white space, and takes each ASCII character that is neither letter nor digit as a word
# of its own. Here "one\ntwo" becomes "one ##two" (the pieces of "onetwo"), "$5" becomes "5", and "a_b" becomes "a ##_ ##b", with the options at their
# defaults. Text with lines, prices or names with underscores gets other ids than the model was trained with, without a word.
# Here: LLoCO.Embeddings.MiniLM uses this library's own WordPiece, which is compared with the Rust library's ids.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.cs" <<'CSHARP'
#:package Microsoft.ML.Tokenizers@2.0.1
#:property NoWarn=NU1603
using System.Text;
using Microsoft.ML.Tokenizers;

string[] vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "one", "two", "##two", "5", "$", "a", "b", "_", "##_", "##b"];
var tokenizer = BertTokenizer.Create(new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', vocabulary))));
string Pieces(string text) => string.Join(' ', tokenizer.EncodeToIds(text, addSpecialTokens: false).Select(id => vocabulary[id]));

Console.WriteLine($"blank: {Pieces("one two")}");
Console.WriteLine($"line break: {Pieces("one\ntwo")}");
Console.WriteLine($"tab: {Pieces("one\ttwo")}");
Console.WriteLine($"dollar: {Pieces("$5")}");
Console.WriteLine($"underscore: {Pieces("a_b")}");
CSHARP
seen=$(cd "$work" && dotnet run program.cs 2>/dev/null)
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
blank: one two
line break: one ##two
tab: one ##two
dollar: 5
underscore: a ##_ ##b
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: published are 'one two', 'one two', '\$ 5' and 'a _ b'"
