"""The inspector in a browser; reads its equations and computes what they say."""

import math
import re

from browser_cases import open_tab

WIDE = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?:e−\d+)?"
# What is arithmetic and nothing else; names are symbols, whose values stand further right.
ARITHMETIC = re.compile(rf"(?:{NUMBER}|e\^|ln|σ|[-+−·/^() ])+")


def tab(browser):
    """Give a tab that can be used by many tests (a fixture of a module)."""
    with open_tab(browser, **WIDE) as tab:
        yield tab


def taken(page):
    """How many steps the page has taken."""
    return page.evaluate("inspector.trainer.steps")


def choose(page, **values):
    """Set the fields of the form that differ, as a hand does, but in one call."""
    page.evaluate(
        "(values) => { for (const [name, value] of Object.entries(values)) {"
        " const field = document.getElementById('settings').elements[name];"
        " if (field.value === String(value)) continue; field.value = value;"
        " field.dispatchEvent(new Event('change', { bubbles: true })); } }",
        values,
    )


def sayings(page):
    """What every number on the page says of itself, as lists of lines."""
    said = page.evaluate(
        "() => [...document.querySelectorAll('[data-say]')].filter((n) => n.checkVisibility())"
        ".map((node) => inspector.explainer.sayings.get(node)().filter(Boolean))"
    )
    assert said
    return said


def differences(said):
    """The equations that do not hold, as far as rounded numbers can tell."""
    wrong = []
    for title, *lines in said:
        for line in lines:
            for equation in line.split(": ")[-1].split("; "):
                values = [value for part in equation.split(" = ")
                          if (value := evaluate(part)) is not None]  # fmt: skip
                # Each number was rounded to three digits, some five products are summed.
                if values and max(values) - min(values) > 0.01 * max(1, abs(values[-1])):
                    wrong.append((title, line, values))
    return wrong


def evaluate(text):
    """The value of an expression of numbers; None for symbols."""
    if "…" in text or not ARITHMETIC.fullmatch(text) or not re.search(r"\d", text):
        return None
    text = re.sub(NUMBER, lambda found: found[0].replace(",", "").replace("−", "-"), text)
    text = re.sub(r"(?<=[\d.])\^(?=[\d.])", "**", text)
    text = text.replace("−", "-").replace("·", "*").replace("e^", "exp").replace("σ", "sigmoid")
    text = re.sub(r"ln (\S+?)(?=[ )]|$)", r"log(\1)", text)
    names = {"exp": math.exp, "log": lambda x: math.log(x or 5e-4)}
    names["sigmoid"] = lambda x: 1 / (1 + math.exp(-x))
    return eval(text, {"__builtins__": {}}, names)


def state(page):
    """What the figures show, without what turns: the plane of the scatter."""
    figures = ("place", "tokens", "tell", "input", "hidden", "output", "tree", "noise", "loss")
    seen = (
        "(names) => names.map((name) => [...document.getElementById(name).querySelectorAll('*')]"
        ".map((node) => [node.tagName, node.textContent, node.getAttribute('class'),"
        " node.style.getPropertyValue('--share'), node.matches('[data-say]'),"
        " node.getAttribute('points')].join(' ')).join()"
        " + document.getElementById(name).textContent)"
    )
    return dict(zip(figures, page.evaluate(seen, list(figures)), strict=True))
