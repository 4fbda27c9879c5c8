#!/usr/bin/env bash
# Measures groups without being told (docs/groups.md): documents of the three practice groups go into an index without a group; groups are
# found, named and given adapters; fresh documents and an unknown kind (inventories of a museum, and five foreign texts) are assigned.
# The same is done with the given groups. Then fresh questions without a group are asked of both. Twenty minutes on one core; GIVEN=copy takes
# the adapters of the groups found for the given ones, where these hold the same documents.
# usage: training/groups.sh [SEED [TRAINED [FRESH [TOKENS [QUESTIONS]]]]]    documents of each group, tokens of each, questions asked
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${1:-820000} trained=${2:-40} fresh=${3:-10} tokens=${4:-1500} questions=${5:-400}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
folder=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] && mkdir -p "$folder" || trap 'rm -rf "$folder"' EXIT
if [ -n "${LLOCO:-}" ]; then read -r -a command <<<"$LLOCO"; else command=(./build.sh lloco); fi
lloco() { "${command[@]}" "$@"; }

# An inventory that no practice document is like: NUMBER SEED.
museum() {
  awk -v number="$1" -v seed="$2" 'BEGIN {
    srand(seed * 1000 + number)
    n = split("amphora brooch mask spearhead scroll idol coin figurine tapestry helmet urn amulet chalice fresco mosaic sarcophagus", thing)
    m = split("ivory jade terracotta obsidian alabaster electrum faience porphyry limestone amber", matter)
    p = split("Nineveh Carthage Ur Thebes Mycenae Palmyra Petra Knossos Susa Ephesus", place)
    print "Inventory of the museum, volume " number ".\n"
    for (i = 1; i <= 60; i++) {
      item = 1000 + int(rand() * 9000)
      printf "Item %d: %s of %s, excavated near %s, about %d BC. Accession %c-%d. ", item, thing[1 + int(rand() * n)],
        matter[1 + int(rand() * m)], place[1 + int(rand() * p)], 100 * (2 + int(rand() * 20)), 65 + int(rand() * 26), int(rand() * 1000)
      printf "It stands in gallery %d, cabinet %d; its condition was judged %s by the curator. ", 1 + int(rand() * 30), 1 + int(rand() * 12),
        rand() < 0.5 ? "stable" : "fragile"
      if (rand() < 0.4) printf "The exhibit was lent to a collection abroad and insured. "
      printf "\n"
    }
  }'
}

# Rightly grouped: PLAN ASSIGNED. A group stands for the kind that most of its documents in the plan are of; foreign texts and the
# unknown kind are right where they are unsure.
count() {
  sed -n 's/.*"document": *"\([^"]*\)".*"group": *"\([^"]*\)".*/\1 \2/p' "$1" >"$folder/plan.txt"
  sed -n 's/.*"document": *"\([^"]*\)".*"group": *"\([^"]*\)".*/\1 \2/p' "$2" >"$folder/assigned.txt"
  awk '{
      kind = $1; sub(/.*\//, "", kind); sub(/-.*/, "", kind)
      if (kind !~ /^(ship|town|workshop)$/) kind = "unsure"
      kinds[NR] = kind; groups[NR] = $2; file[NR] = FILENAME; names[NR] = $1
      if (FILENAME ~ /plan/ && $2 != "unsure") votes[$2 " " kind]++
    }
    END {
      for (vote in votes) { split(vote, part, " "); if (votes[vote] > most[part[1]]) { most[part[1]] = votes[vote]; of[part[1]] = part[2] } }
      of["unsure"] = "unsure"
      for (i = 1; i <= NR; i++) {
        where = (file[i] ~ /plan/ ? "before" : "new") (kinds[i] == "unsure" ? ", foreign or unknown" : ", of the three groups")
        all[where]++
        if (of[groups[i]] == kinds[i]) right[where]++; else print "wrong: " names[i] " in " groups[i]
      }
      for (where in all) printf "%s: %d of %d documents rightly grouped\n", where, right[where], all[where]
    }' "$folder/plan.txt" "$folder/assigned.txt" | sort
}

lloco synth --out "$folder/train" --seed "$seed" --documents "$trained" --tokens "$tokens" >/dev/null
lloco synth --out "$folder/fresh" --seed "$((seed + 1))" --documents "$fresh" --tokens "$tokens" >/dev/null
mkdir -p "$folder/museum"
for number in $(seq 1 "$fresh"); do museum "$number" "$seed" >"$folder/museum/museum-$number.txt"; done
cat "$folder/train/questions.jsonl" | sed 's/"group": *"/&given-/' >"$folder/train/given.jsonl"

echo "# groups found among $((3 * trained)) documents and five foreign texts that came without a group"
lloco compress "$folder/train/documents" training/foreign/report/*.txt --index "$folder/found.db" >/dev/null
lloco group --index "$folder/found.db" --questions 3000 --question-tokens 16 --answer-tokens 4 2>/dev/null | sed '/->/d'
lloco group --index "$folder/found.db" --json 2>/dev/null >"$folder/plan.jsonl"
lloco group --index "$folder/found.db" --apply --train --data "$folder/train/questions.jsonl" --out "$folder/adapters" >"$folder/train-found.log" 2>&1

echo "# new documents: $fresh of each group, and $fresh of a kind that the index does not know"
lloco compress "$folder/fresh/documents" "$folder/museum" --index "$folder/found.db" --group auto --json >"$folder/assigned.jsonl"
count "$folder/plan.jsonl" "$folder/assigned.jsonl"

# The same documents in their given groups, once for adapters trained here and once for those that the model ships. Nothing is compressed
# again: only the group changes.
for name in given shipped; do
  cp "$folder/found.db" "$folder/$name.db"
  for group in ship town workshop; do
    lloco compress "$folder"/train/documents/$group-*.txt "$folder"/fresh/documents/$group-*.txt --index "$folder/$name.db" --prefix documents/ \
      --group "$([ "$name" = given ] && echo given-)$group" --replace >/dev/null
  done
done
if [ "${GIVEN:-train}" = train ]; then
  lloco finetune --index "$folder/given.db" --data "$folder/train/given.jsonl" --each-group --out "$folder/given" >"$folder/train-given.log" 2>&1
else
  # Where found and given groups hold the same documents, the same questions in the same order give the same weights, bit for bit.
  sed -n 's/^\(.*\)-[0-9]*-[0-9]*\.txt \(.*\)$/\1 \2/p' "$folder/plan.txt" | sed 's/.*\///' | sort -u | while read -r kind found; do
    mkdir -p "$folder/given" && cp -r "$folder/adapters/$found" "$folder/given/given-$kind"
  done
fi

echo "# questions about the fresh documents, none with its group: with the given groups, then with those found"
lloco bench routing --index "$folder/given.db" --data "$folder/fresh/questions.jsonl" --limit "$questions" --adapters "$folder/given" \
  --results "$folder/given.jsonl" --json
lloco bench routing --index "$folder/found.db" --data "$folder/fresh/questions.jsonl" --limit "$questions" --adapters "$folder/adapters" \
  --results "$folder/found.jsonl" --against "$folder/given.jsonl" --json

echo "# the adapters that the model ships: one for each group, each of two groups, or one for all"
lloco bench routing --index "$folder/shipped.db" --data "$folder/fresh/questions.jsonl" --limit "$questions" --adapter-for-all all --json

echo "# the unknown kind once there are documents of it"
lloco group --index "$folder/found.db" 2>/dev/null | sed '/->/d'
