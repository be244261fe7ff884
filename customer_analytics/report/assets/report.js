// Draws the charts; numbers and labels are already formatted.
document.addEventListener("DOMContentLoaded", () => {
  const charts = [...document.querySelectorAll(".chart")];
  const family = getComputedStyle(document.body).fontFamily;

  for (const chart of charts) {
    const { data, layout } = JSON.parse(chart.querySelector("script").textContent);
    layout.font.family = family;
    Plotly.newPlot(chart, data, layout, { displayModeBar: false, responsive: true });
  }

  // print has a different width and cannot scroll
  const width = 660;
  window.addEventListener("beforeprint", () => {
    charts.forEach((chart) => Plotly.relayout(chart, { width, autosize: false }));
  });
  window.addEventListener("afterprint", () => {
    charts.forEach((chart) => Plotly.relayout(chart, { width: null, autosize: true }));
  });
});
