#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A hook for Claude Code (PostToolUseFailure): when Vigil has answered a tool call in a server's place, one line goes to the
# run's report, so that a skip is on record whatever the model makes of it. POSIX sh and awk, nothing else.
#
# Reads the hook's JSON from standard input, says nothing, and always ends with 0: it never holds up a run. The line goes to
# the file in VIGIL_SKIP_REPORT, or to vigil-skips.tsv in the project's folder, with tabs between its fields:
#   time, connector, tool, kind, action or -, session
# Once for each connector, kind and session; what came first is kept. The words that it knows Vigil's answers by are those of
# docs/skip.md. The text came from a server: what looks like a command is taken over only if it is one of Vigil's, about the
# very connector that was called.

LC_ALL=C
export LC_ALL
report=${VIGIL_SKIP_REPORT:-${CLAUDE_PROJECT_DIR:-.}/vigil-skips.tsv}
tab=$(printf '\t')

main() {
    line=$(tr '\000-\037\177' '[ *]' | fold -b -w 200 | awk "$read_skip")
    [ -n "$line" ] || return 0
    mkdir -p "$(dirname -- "$report")"
    take_turn
    written || printf '%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$line" >>"$report"
    rmdir -- "$report.lock"
}

# Calls of one turn fail at the same moment. Two seconds is enough for all before us, or whoever holds it was killed.
take_turn() {
    tries=0
    until mkdir -- "$report.lock" || [ "$tries" -ge 20 ]; do
        tries=$((tries + 1))
        sleep 0.1 || sleep 1
    done
}

written() {
    [ -f "$report" ] && cut -f 2,4,6 -- "$report" | grep -Fqx -e "$(printf '%s\n' "$line" | cut -f 1,3,5)"
}

# The input comes in short lines, so that no step is slow whatever it holds. What stands at the top level is kept, up to LONG.
read_skip='
BEGIN { LONG = 8000; NAME = "[a-z0-9][a-z0-9_-]*" }

{ for (line = $0; line != ""; ) if (inside) string(); else between() }

function between(    i) {
    i = index(line, "\"")
    structure(i ? substr(line, 1, i - 1) : line)
    line = i ? substr(line, i + 1) : ""
    if (i) { inside = 1; text = "" }
}

function string(    i) {
    if (escaped) { keep(substr(line, 1, 1)); line = substr(line, 2); escaped = 0; return }
    i = match(line, /["\\]/)
    keep(i ? substr(line, 1, i - 1) : line)
    if (i && substr(line, i, 1) == "\"") ended()
    else if (i) { escaped = 1; keep("\\") }
    line = i ? substr(line, i + 1) : ""
}

function keep(some) { if (depth == 1 && length(text) < LONG) text = text some }

function ended() {
    inside = 0
    if (depth == 1 && named) value[key] = text
    else if (depth == 1) key = text
}

function structure(s,    i, c) {
    gsub(/[^][{},:]+/, "", s)
    for (i = 1; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "{" || c == "[") depth++
        else if (c == "}" || c == "]") depth--
        if (depth == 1 && c != "}" && c != "]") named = (c == ":")
    }
}

END {
    called = decoded(value["tool_name"])
    said = decoded(value["error"])
    session = decoded(value["session_id"])
    if (called !~ /^mcp__/) exit
    sub(/^ +/, "", said)
    sub(/^Error: /, "", said)
    sub(/^MCP error -?[0-9]+: /, "", said)
    kind = kind_of(said)
    if (kind == "") exit
    tool = substr(called, 6)
    own = connector != "" && index(tool, connector "__") == 1
    tool = own ? substr(tool, length(connector) + 3) : substr(tool, index(tool, "__") ? index(tool, "__") + 2 : 1)
    if (connector == "") connector = "-"
    if (session !~ /^[A-Za-z0-9._-]+$/) session = "-"
    printf "%s\t%s\t%s\t%s\t%s\n", connector, short(tool), kind, action(said, own), substr(session, 1, 64)
}

function decoded(s,    out, i, c) {
    out = ""
    while ((i = index(s, "\\")) > 0) {
        c = substr(s, i + 1, 1)
        out = out substr(s, 1, i - 1)
        s = substr(s, i + 2)
        if (c == "u") { c = ascii(tolower(substr(s, 1, 4))); s = substr(s, 5) }
        else if (c != "\"" && c != "\\" && c != "/") c = " "
        out = out c
    }
    return out s
}

function ascii(hex,    digits) {
    digits = "0123456789abcdef"
    if (hex !~ /^00[2-7][0-9a-f]$/ || hex == "007f") return " "
    return sprintf("%c", 16 * (index(digits, substr(hex, 3, 1)) - 1) + index(digits, substr(hex, 4, 1)) - 1)
}

function short(s) { return s == "" ? "-" : substr(s, 1, 80) }

function kind_of(s) {
    if (begins(s, "authorization expired for ", ": skipped[.]")) return "authorization_expired"
    if (begins(s, "not logged in to ", "( [(].*[)])?: skipped[.]")) return "not_logged_in"
    if (begins(s, "no login to ", " on this machine [(].*[)]: skipped[.]")) return "not_logged_in"
    if (begins(s, "", " used to need no login and wants one now: skipped[.]")) return "not_logged_in"
    if (begins(s, "", " wants (more scopes|the scopes .*) for this: skipped[.]")) return "insufficient_scope"
    if (begins(s, "", " forbids this to the account that is logged in: skipped[.]")) return "forbidden"
    if (begins(s, "", " refuses tokens that its own authorization server has just issued: skipped[.]"))
        return "rejected_though_fresh"
    if (begins(s, "", " refused a token that was renewed a moment ago: skipped[.]")) return "authorization_unavailable"
    if (begins(s, "the token for ", " could not be renewed in time: skipped[.]")) return "authorization_unavailable"
    if (begins(s, "the stored authorization for ", " cannot be read: skipped[.]")) return "authorization_unavailable"
    if (begins(s, "the token for ", " was renewed just now: skipped[.]")) return "renewed_call_again"
    if (begins(s, "", " cannot be reached: .* Nothing was sent, so the same call")) return "upstream_unreachable"
    if (begins(s, "", " answered HTTP [0-9]+[.] That is trouble of the server[.]")) return "upstream_trouble"
    if (begins(s, "the answer of ", " was lost: .* may have taken effect[.]")) return "answer_lost"
    if (begins(s, "", " does not answer as an MCP server: .* See vigil status ")) return "not_mcp"
    if (begins(s, "", " redirects to .* Vigil does not follow with a token[.]")) return "redirected"
    if (begins(s, "this session with ", " is over[.] ")) return "session_over"
    connector = ""
    if (s ~ /^This client is not connected to Vigil[.]/) return "not_connected"
    return s ~ /^[^.]*: skipped[.] .*vigil [a-z]/ ? "other" : ""
}

# Does it begin so, around the name of a connector? Then that is the connector.
function begins(s, before, after) {
    if (s !~ ("^" before NAME after)) return 0
    connector = substr(s, length(before) + 1)
    match(connector, "^" NAME)
    connector = substr(connector, 1, RLENGTH)
    return 1
}

# The last command that the text names; what is not quite one of ours becomes a look at the status.
function action(s, own,    found, url) {
    if (kind == "not_connected" && match(s, /vigil connect [a-z-]+/)) return substr(s, RSTART, RLENGTH)
    if (kind == "upstream_unreachable" && match(s, /vigil run --background[.]$/)) return substr(s, RSTART, RLENGTH - 1)
    if (kind ~ /^upstream|^answer_lost|^not_mcp|^redirected|^session_over/) return "-"
    while (match(s, /vigil [a-z]/)) {
        s = substr(s, RSTART)
        found = s
        s = substr(s, 7)
    }
    if (found == "") return "-"
    if (match(found, /[.]( |$)/)) found = substr(found, 1, RSTART - 1)
    url = "https?://[A-Za-z0-9._:/%~@+=-]+"
    if (found == "vigil sync status") return found
    if (own && found == "vigil refresh --take-over " connector) return found
    if (own && found ~ ("^vigil login " connector "( --scope [A-Za-z0-9._:/@+=%,-]+)?$")) return found
    if (own && found ~ ("^vigil add " connector " " url " --header [A-Za-z0-9_-]+$")) return found
    return connector == "-" ? "vigil status" : "vigil status " connector
}
'

main >/dev/null 2>&1
exit 0
