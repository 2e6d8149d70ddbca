// The texts of a page that have less contrast than WCAG 2 asks for: https://www.w3.org/TR/WCAG22/#contrast-minimum
() => {
  const linear = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([red, green, blue]) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  const numbers = (text) => (text.match(/[0-9.]+/g) || []).map(Number);
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const found = numbers(getComputedStyle(node).backgroundColor);
      if (found.length === 3 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.textContent.trim());
    if (!own || ["STYLE", "title", "desc"].includes(node.tagName) || !node.getClientRects().length) continue;
    const style = getComputedStyle(node);
    const drawn = node.namespaceURI.includes("svg");
    // These stand on a dot or a bar, and not on the page.
    if (drawn && ["mark-number", "cross"].includes(node.getAttribute("class"))) continue;
    const one = light(numbers(drawn ? style.fill : style.color));
    const two = light(behind(node));
    const ratio = (Math.max(one, two) + 0.05) / (Math.min(one, two) + 0.05);
    if (ratio < 4.5) bad.push(`${node.tagName} ${ratio.toFixed(2)}: ${node.textContent.slice(0, 40)}`);
  }
  return bad;
};
