"""What bench/run-broadcast and bench/run-lookup found, as one table, one JSON file and one picture.
Called by scripts/bench, which says what there is."""

import argparse
import json
import sys
from statistics import median

from chart import Panel, chart
from report import Goals

CHAT = {"text": "lwshost, text", "json": "lwshost, JSON", "uws": "uWebSockets",
        "nchan": "nchan in nginx", "ws": "Node ws", "tornado": "Tornado"}
LOOKUP = {"lwshost": "lwshost", "undici": "Node undici", "tornado": "Tornado"}
CACHED = {"lwshost": "lwshost", "memory": "nginx, from memory"}


def rows_of(names, by_name, figure):
    """Medians by the servers' names, of those that were measured."""
    return [(shown, median([figure(result) for result in by_name[name]]))
            for name, shown in names.items() if by_name.get(name)]


def panels_of(chat, lookup):
    """The panels that there are figures for."""
    def rate_out(result):
        return result["rate_out"]

    def bytes_each(result):
        return (result["resident"] - result["resident_before"]) / result["idle"]

    panels = []
    for case, title in (("fanout 1000 16", "Chat: 1000 members, 16 messages in flight"),
                        ("fanout 100 16", "Chat: 100 members, 16 messages in flight")):
        panels.append(Panel(title, "deliveries a second", rows_of(CHAT, chat.get(case, {}), rate_out), True))
    panels.append(Panel("Chat: an idle member, of 10,000", "resident bytes",
                        rows_of(CHAT, chat.get("idle", {}), bytes_each), False))
    panels.append(Panel("Chat: one message to 10 members", "µs, median",
                        rows_of(CHAT, chat.get("latency", {}),
                                lambda result: result["way_us"]["p50"]), False))
    panels.append(Panel("Answers with 4 lookups, none known", "µs of processor time each",
                        rows_of(LOOKUP, lookup.get("uncached", {}), lambda result: result["us"]), False))
    panels.append(Panel("Answers with 1 lookup, known", "answers a second",
                        rows_of(CACHED, lookup.get("cached 1", {}), lambda result: result["rate"]), True))
    return [panel for panel in panels if panel.rows]


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench")
    parser.add_argument("broadcast")
    parser.add_argument("lookup")
    parser.add_argument("--json", required=True)
    parser.add_argument("--svg", required=True)
    options = parser.parse_args()
    found = {}
    for name in ("broadcast", "lookup"):
        with open(getattr(options, name), encoding="utf-8") as file:
            found[name] = json.load(file)
    goals = Goals()
    goals.rows = found["broadcast"]["goals"] + found["lookup"]["goals"]
    about = found["broadcast"]["machine"]
    print(f"\n{goals.text()}\n")
    counts = {verdict: sum(row["is_met"] is verdict for row in goals.rows)
              for verdict in (True, False, None)}
    print(f"{counts[True]} goals met, {counts[False]} missed, {counts[None]} not measured; "
          f"all figures in {options.json}, a picture in {options.svg}")
    with open(options.json, "w", encoding="utf-8") as file:
        json.dump({"goals": goals.rows, **found}, file, indent=1)
    caption = (f"{about['lwshost']}; {about['processor']}, each server on one core; medians, "
               f"{about['date']}; scripts/bench")
    with open(options.svg, "w", encoding="utf-8") as file:
        file.write(chart(panels_of(found["broadcast"]["found"], found["lookup"]["found"]), caption))


if __name__ == "__main__":
    sys.exit(main())
