# Counts the samples of `jfr print` by the part of the program they belong to. The first rule that matches any frame,
# from the top of the stack down, names it. Threads that wait in a native call are not counted.
function place(frame) {
  if (frame ~ /org\.sqlite/) return "SQLite (ledger and feed)"
  if (frame ~ /io\.cxt\.ledger/) return "ledger, hash chain"
  if (frame ~ /io\.cxt\.archive/) return "archive: files, force, rename"
  if (frame ~ /org\.apache\.hc\./) return "HTTP client and its socket"
  if (frame ~ /ch\.qos\.logback/) return "log"
  if (frame ~ /org\.hibernate\.validator|component\.bean\.validator/) return "rules (bean validation)"
  if (frame ~ /component\.http/) return "Camel's http producer"
  if (frame ~ /component\.jdbc/) return "Camel's jdbc producer"
  if (frame ~ /com\.fasterxml|io\.cxt\.transcript|io\.cxt\.cxone/) return "reader, mapper, JSON"
  if (frame ~ /io\.cxt\.pace/) return "pace"
  if (frame ~ /camel\.(component\.bean|language|support\.builder)/) return "Camel's beans and expressions"
  if (frame ~ /org\.apache\.camel/) return "Camel's routing, split, taps"
  if (frame ~ /ClassLoader|defineClass|java\.util\.zip|java\.util\.jar/) return "class loading"
  if (frame ~ /io\.cxt/) return "steps"
  return ""
}
/^jdk\.(Execution|NativeMethod)Sample/ { kind = /Native/ ? "native" : "java"; stack = 0; found = ""; top = ""; next }
/stackTrace = \[/ { stack = 1; next }
stack && /^ *\]/ {
  if (top !~ /(park|wait|accept|epoll|sleep|socketRead|SocketDispatcher\.read|Net\.poll)/) {
    all[kind]++
    count[kind, found == "" ? "others" : found]++
  }
  stack = 0
  next
}
stack {
  if (top == "") { top = $1; sub(/\(.*/, "", top) }
  if (found == "") found = place($0)
}
END {
  title["java"] = "running in Java"
  title["native"] = "in native code, SQLite and the disk awaited"
  for (k in all) {
    print "\n| " title[k] " | place |\n|---|---|"
    for (c in count) {
      split(c, p, SUBSEP)
      if (p[1] == k) printf "| %4.1f %% | %s |\n", 100 * count[c] / all[k], p[2] | "sort -t'|' -k2 -rn"
    }
    close("sort -t'|' -k2 -rn")
  }
}
