"""The results as text: Markdown to read, JSON with every value of every round."""

import json


def markdown(facts, lines, beside):
    text = [f"# Benchmark, {facts['date']}" + (" (quick: for trying only)" if facts["quick"] else ""), ""]
    text += ["| row | what | child | nginx | here | ratio | bound | met? | spread |", "| --- " * 9 + "|"]
    text += ["| " + " | ".join(line.cells()) + " |" for line in lines]
    text += [
        "",
        f"Medians of {facts['rounds']} alternating rounds; spread: (largest − smallest) / median over the rounds, "
        "child/nginx/here.",
        f"Other programs used {100 * facts['others']:.0f} % of the machine while this ran.",
        "nginx is `proxy_cache` in rows 1 to 4, a plain reverse proxy in rows 5 and 6.",
        "",
        "Beside the bounds:",
        "",
        *(f"- {line}" for line in beside),
        "",
        *(f"- {name}: {facts[name]}" for name in ("commit", "machine", "programs", "java", "seconds")),
    ]
    return "\n".join(text) + "\n"


def as_json(facts, lines, figures):
    table = [vars(line) | {"met": line.met()} for line in lines]
    everything = facts | {"table": table, "rounds of each figure": figures.values}
    return json.dumps(everything, indent=1, ensure_ascii=False) + "\n"


def write(folder, facts, lines, beside, figures):
    """Writes both files, and returns the Markdown."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / facts["date"]
    text = markdown(facts, lines, beside)
    file.with_suffix(".md").write_text(text)
    file.with_suffix(".json").write_text(as_json(facts, lines, figures))
    return text
