#!/usr/bin/env bash
# Read by bars.sh and evaluate.sh: which adapters the raw-text rows use.

# raw_adapter MODEL: prints the option of lloco eval that names, for each group, raw-GROUP where the model has it, otherwise raw; nothing
# where the model has no raw.
raw_adapter() {
  local group named='' own=0
  [ -e "$1/adapters/raw/adapter_config.json" ] || return 0
  for group in ship town workshop babi fairytale; do
    if [ -e "$1/adapters/raw-$group/adapter_config.json" ]; then
      named+=",$group=raw-$group" own=1
    else
      named+=",$group=raw"
    fi
  done
  if [ $own -eq 1 ]; then echo "--raw-adapter raw:${named#,}"; else echo "--raw-adapter raw"; fi
}
