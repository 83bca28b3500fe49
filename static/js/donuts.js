/* Draws over the donuts of the server with plotly, once the page is there: hovering a slice
   then says what it is. The figures stay in the table; without this the ring just stands. */
import { all, make } from "./dom.js";

const place = document.querySelector("[data-donuts]");
/* plotly puts two stylesheets in the page unless something with their ids is there already.
   Ours need neither, and the Content-Security-Policy allows no style in the page. */
const STYLES = ["plotly.js-style-global", "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53"];

function load(address) {
  for (const id of STYLES) document.head.append(make("template", { id, class: "no-inline-styles" }));
  return new Promise((done, failed) => {
    const script = make("script", { src: address });
    script.addEventListener("load", () => done(globalThis.Plotly));
    script.addEventListener("error", failed);
    document.head.append(script);
  });
}

/* plotly reads its texts as HTML. */
const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function draw(plotly, card) {
  const ring = card.querySelector("[data-donut]");
  const rows = all("tr[data-label]", card);
  const drawing = make("div", { class: "donut-drawing", "aria-hidden": "true" });
  ring.prepend(drawing);
  const slices = {
    type: "pie", hole: 0.72, sort: false, direction: "clockwise", textinfo: "none",
    labels: rows.map((row) => plain(row.dataset.label)),
    values: rows.map((row) => Number(row.dataset.value)),
    customdata: rows.map((row) => row.dataset.text),
    // No <b>: plotly makes that with a style attribute, which the policy refuses.
    hovertemplate: "%{label}<br>%{customdata} (%{percent})<extra></extra>",
    marker: { colors: rows.map((row) => getComputedStyle(row.querySelector("rect")).fill), line: { color: "#fff", width: 2 } },
  };
  const size = ring.clientWidth;
  const layout = {
    width: size, height: size, showlegend: false, margin: { t: 8, r: 8, b: 8, l: 8 },
    paper_bgcolor: "rgba(0,0,0,0)", hoverlabel: { font: { size: 13 } },
  };
  return plotly.newPlot(drawing, [slices], layout, { displayModeBar: false, locale: "nl" })
    .then(() => card.classList.add("donut-drawn"));
}

async function start() {
  const plotly = await load(place.dataset.plotly);
  for (const card of all(".donut-card", place)) {
    const drawn = all("tr[data-label]", card).some((row) => Number(row.dataset.value) > 0);
    if (drawn) await draw(plotly, card);
  }
  place.dataset.drawn = "";
}

/* After everything else: the page itself never waits for it. */
if (place) {
  const begin = () => start().catch(() => {});
  // A browser that is never idle gets them as well.
  const later = () => (globalThis.requestIdleCallback ? requestIdleCallback(begin, { timeout: 2000 }) : setTimeout(begin));
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}
