// node render_mermaid.js MERMAID.MIN.JS DIAGRAM
//
// Renders a diagram with mermaid itself, in a page of jsdom, and prints as JSON what the SVG shows: `nodes`, the
// lines of text of each box by its name, and `edges`, "from to" each. Exits with 1 and mermaid's message where it
// does not parse or render. jsdom lays out no text, so every box is taken to be of one size.
const fs = require('fs');
const vm = require('vm');
const { JSDOM } = require('jsdom');

const [bundle, diagram] = process.argv.slice(2).map((file) => fs.readFileSync(file, 'utf8'));
const page = new JSDOM('<!DOCTYPE html><body></body>', { runScripts: 'outside-only', pretendToBeVisual: true });
const { window } = page;
window.SVGElement.prototype.getBBox = () => ({ x: 0, y: 0, width: 100, height: 20 });
window.SVGElement.prototype.getComputedTextLength = () => 100;
window.structuredClone = structuredClone;
new vm.Script(bundle).runInContext(page.getInternalVMContext());

async function main() {
  const { mermaid } = window;
  mermaid.initialize({ startOnLoad: false });
  await mermaid.parse(diagram);
  const { svg } = await mermaid.render('drawing', diagram);
  window.document.body.innerHTML = svg;
  const nodes = {};
  for (const node of window.document.querySelectorAll('g.node')) {
    const label = node.querySelector('.nodeLabel');
    for (const line of label.querySelectorAll('br')) line.replaceWith('\n');
    const marked = label.querySelector(':not(p)');
    if (marked) throw new Error(`markup in the text of ${node.id}: ${marked.outerHTML}`);
    nodes[node.id.replace(/^(drawing-)?flowchart-(\w+)-\d+$/, '$2')] = label.textContent.split('\n');
  }
  const edges = [...window.document.querySelectorAll('path.flowchart-link')].map((edge) =>
    edge.getAttribute('data-id').replace(/^L_(\w+)_(\w+)_\d+$/, '$1 $2'));
  console.log(JSON.stringify({ nodes, edges }));
}

main().catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
