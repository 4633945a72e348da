/** Changes of the pod's shell files that nobody can notice, and why. */
export const equivalent = [
  {
    name: 'alive.sh',
    before:
      'cat /proc/[0-9]*/stat 2>/dev/null | awk -v silent=$((${now%.*} - ${beaten:-${now%.*}})) -v limit=$hung_after -v server="$1" \'',
    after:
      'cat /proc/[1-9]*/stat 2>/dev/null | awk -v silent=$((${now%.*} - ${beaten:-${now%.*}})) -v limit=$hung_after -v server="$1" \'',
    reason: 'the number of a process begins with no 0',
  },
  {
    name: 'bounds.sh',
    before: 'pressed_for=0',
    after: 'pressed_for=1',
    reason: 'it is read only after it was set with `pressed`',
  },
  {
    name: 'settings.sh',
    before: '$1 == "set" && $2 == "$backend" {',
    after: '$1 == "set" || $2 == "$backend" {',
    reason: 'the third word of another line is no name with a port',
  },
  {
    name: 'tools.sh',
    before: 'until fetch_tools; has_tools; do',
    after: 'until ! fetch_tools; has_tools; do',
    reason: 'the last command of the list decides',
  },
  {
    name: 'watch.sh',
    before: '[ $tries -ge $try_every ] || return 0',
    after: '[ $tries -ge $try_every ] || return 1',
    reason: 'nobody asks for the status of `keep`',
  },
  {
    name: 'watch.sh',
    before:
      "while grep -qE ':[0-9A-F]{4} (01|04|05|08) ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; do pause 1; done",
    after:
      "while grep -qE ':[0-9A-F]{4} (01|04|6|08) ' /proc/net/tcp /proc/net/tcp6 2>/dev/null; do pause 1; done",
    reason: 'while one side of a proxied connection is in FIN-WAIT-2, the other is in CLOSE-WAIT',
  },
];
