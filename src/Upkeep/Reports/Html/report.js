// Draws the charts of the JSON block with uPlot. Nothing here fetches, stores or evaluates anything; all texts are drawn as text.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("chart-data").textContent);
  const root = document.documentElement;
  const printWidth = 680;
  const font = "12px " + getComputedStyle(document.body).fontFamily;
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = font;

  // A custom property that holds light-dark() is only resolved where it is used.
  const probe = document.body.appendChild(document.createElement("span"));
  probe.hidden = true;
  const color = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };

  const shorten = (text, width) => {
    if (ruler.measureText(text).width <= width)
      return text;
    // The end of a name tells most: public.ingestion_logs and public.ingestion_queue begin alike.
    let from = 1;
    while (from < text.length - 1 && ruler.measureText("…" + text.slice(from)).width > width)
      from++;
    return "…" + text.slice(from);
  };

  const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
  const tick = {
    bytes: value => {
      const step = value > 0 ? Math.min(5, Math.floor(Math.log2(value) / 10)) : 0;
      return compact.format(value / 2 ** (10 * step)) + " " + ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][step];
    },
    ms: value => value >= 1000 ? value / 1000 + " s" : value + " ms",
    seconds: value => value + " s",
    share: value => Math.round(value * 100) + " %",
  };
  const ticks = unit => (_, values) => values.map(tick[unit] ?? (value => compact.format(value)));

  // Bytes step by powers of two, so that a tick reads 256 MiB and not 238.4.
  const steps = { bytes: Array.from({ length: 50 }, (_, power) => 2 ** power) };

  const clock = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
  const seconds = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });

  // Horizontal bars. bars: { at, from, to, fill, text }; groups: { at, label }; rows: how many places there are.
  function draw(target, width, { bars, groups, rows, rowHeight, valueAxis, range, textRoom, marks }) {
    const labelWidth = Math.ceil(Math.min(width * 0.4, 10 + Math.max(...groups.map(group => ruler.measureText(group.label).width))));
    const boxes = [];
    const ratio = () => window.devicePixelRatio || 1;
    const soft = color("soft"), line = color("line"), ink = color("ink");
    const values = key => ({ unit: 1, values: () => bars.map(bar => bar[key]) });
    const plot = new uPlot({
      width,
      height: rows * rowHeight + 34,
      padding: [4, textRoom, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, ori: 1, dir: -1, range: () => [-0.6, rows - 0.4] },
        y: { ori: 0, range: () => range },
      },
      axes: [
        { side: 3, size: labelWidth, gap: 8, font, stroke: ink, grid: { show: false }, ticks: { show: false },
          splits: () => groups.map(group => group.at), values: () => groups.map(group => shorten(group.label, labelWidth - 10)) },
        { side: 2, size: 28, gap: 4, space: 84, font, stroke: soft, grid: { stroke: line, width: 1 }, ticks: { show: false }, ...valueAxis },
      ],
      series: [{}, {
        width: 0,
        fill: color("bar-after"),
        points: { show: false },
        paths: uPlot.paths.bars({
          size: [0.78, 20],
          radius: 0.12,
          disp: { y0: values("from"), y1: values("to"), fill: { unit: 3, values: () => bars.map(bar => bar.fill) } },
          each: (_, __, index, left, top, wide, high) => boxes.push({ index, left, top, wide, high }),
        }),
      }],
      hooks: {
        drawAxes: [u => (marks ?? []).forEach(mark => {
          const at = u.valToPos(mark, "y", true);
          u.ctx.fillStyle = soft;
          u.ctx.fillRect(at, u.bbox.top, ratio(), u.bbox.height);
        })],
        draw: [u => {
          u.ctx.save();
          u.ctx.font = font.replace("12px", 12 * ratio() + "px");
          u.ctx.fillStyle = soft;
          u.ctx.textBaseline = "middle";
          u.ctx.textAlign = "left";
          bars.forEach((bar, index) => {
            const box = boxes.findLast(box => box.index === index);
            const end = box ? box.left + box.wide : u.valToPos(bar.to, "y", true);
            u.ctx.fillText(bar.text, end + 6 * ratio(), u.valToPos(bar.at, "x", true));
          });
          u.ctx.restore();
        }],
      },
    }, [bars.map(bar => bar.at), bars.map(bar => bar.to)], target);
    plot.root.setAttribute("aria-hidden", "true");
    return plot;
  }

  function timeline(target, width) {
    const { from, to, windowStart, windowEnd, steps } = data.timeline;
    // The whole window is shown only where the run is not a sliver of it.
    const near = windowStart !== undefined && windowStart !== null && (to - from) * 5 > windowEnd - windowStart;
    const start = near ? Math.min(from, windowStart) : from;
    const length = Math.max(1, (near ? Math.max(to, windowEnd) : to) - start);
    const label = length > 1800 ? clock : seconds;
    return draw(target, width, {
      rows: steps.length,
      rowHeight: 24,
      groups: steps.map((step, at) => ({ at, label: step.label })),
      bars: steps.map((step, at) => ({ at, from: step.start, to: Math.max(step.end, step.start + length / 300), fill: color(step.tone), text: step.text })),
      range: [start, start + length * 1.01],
      valueAxis: { values: (_, values) => values.map(value => label.format(value * 1000)) },
      textRoom: room(steps.map(step => step.text)),
      marks: near ? [windowStart, windowEnd] : [],
    });
  }

  function comparison(target, width, { unit, compares, rows }) {
    const pitch = compares ? 2.6 : 1;
    const bars = rows.flatMap((row, index) => [
      ...(compares ? [{ at: index * pitch, from: 0, to: row.before ?? 0, fill: color("bar-before"), text: row.beforeText }] : []),
      { at: index * pitch + (compares ? 1 : 0), from: 0, to: row.after ?? 0, fill: color("bar-after"), text: row.afterText },
    ]);
    return draw(target, width, {
      rows: (rows.length - 1) * pitch + (compares ? 2 : 1),
      rowHeight: compares ? 17 : 24,
      groups: rows.map((row, index) => ({ at: index * pitch + (compares ? 0.5 : 0), label: row.label })),
      bars,
      range: [Math.min(0, ...bars.map(bar => bar.to)), Math.max(...bars.map(bar => bar.to), 0) || 1],
      valueAxis: { values: ticks(unit), ...(steps[unit] && { incrs: steps[unit] }) },
      textRoom: room(bars.map(bar => bar.text)),
    });
  }

  // Lines over time. The values of all lines share one list of instants; where a line has none, it runs on.
  const day = 86400;
  const date = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, day: "numeric", month: "short" });
  function overTime(target, width, { unit, lines }) {
    const times = [...new Set(lines.flatMap(line => line.times))].sort((one, other) => one - other);
    const values = lines.flatMap(line => line.values);
    // A single backup has no time to run along: a week around it shows it in the middle.
    const margin = Math.max((times.at(-1) - times[0]) * 0.02, times.length === 1 ? 3.5 * day : 0);
    const soft = color("soft"), line = color("line");
    const axis = { gap: 6, font, stroke: soft, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const plot = new uPlot({
      width,
      height: 220,
      padding: [10, 16, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), data.zone),
      scales: { x: { range: () => [times[0] - margin, times.at(-1) + margin] }, y: { range: () => [0, (Math.max(...values) || 1) * 1.06] } },
      axes: [
        { ...axis, size: 28, space: 76, incrs: [1, 2, 7, 14, 28, 56, 91, 182, 364].map(days => days * day), values: (_, ticks) => ticks.map(tick => date.format(tick * 1000)) },
        { ...axis, size: Math.ceil(16 + Math.max(...values.map(value => ruler.measureText(ticks(unit)(null, [value])[0]).width), 30)), space: 36, values: ticks(unit), ...(steps[unit] && { incrs: steps[unit] }) },
      ],
      series: [{}, ...lines.map(({ colour, isTrend }) => ({
        stroke: color("series-" + colour),
        width: isTrend ? 1.5 : 2,
        dash: isTrend ? [6, 5] : undefined,
        spanGaps: true,
        points: { show: !isTrend, size: 6, fill: color("series-" + colour) },
      }))],
    }, [times, ...lines.map(({ times: own, values }) => {
      const at = new Map(own.map((time, index) => [time, values[index]]));
      return times.map(time => at.get(time) ?? null);
    })], target);
    plot.root.setAttribute("aria-hidden", "true");
    return plot;
  }

  const room = texts => Math.ceil(Math.max(...texts.map(text => ruler.measureText(text).width))) + 14;

  let plots = [];
  function drawAll(width) {
    plots.forEach(plot => plot.destroy());
    plots = [...document.querySelectorAll("[data-chart]")].map(target => {
      target.replaceChildren();
      const key = target.dataset.chart;
      const wide = width ?? Math.max(240, target.parentElement.clientWidth);
      return key === "timeline" ? timeline(target, wide) : key in data.lines ? overTime(target, wide, data.lines[key]) : comparison(target, wide, data.bars[key]);
    });
    root.dataset.drawn = plots.length;
  }

  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.getElementById("theme");
  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const redraw = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    drawAll();
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    redraw();
  });
  dark.addEventListener("change", redraw);

  // Paper is light and has a width of its own; what is folded on the screen is unfolded on it.
  let folded = [], theme;
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    folded.forEach(details => details.open = true);
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    drawAll(printWidth);
  });
  window.addEventListener("afterprint", () => {
    folded.forEach(details => details.open = false);
    if (theme === undefined)
      delete root.dataset.theme;
    else
      root.dataset.theme = theme;
    redraw();
  });

  let pending;
  let seen = document.body.clientWidth;
  new ResizeObserver(() => {
    if (document.body.clientWidth === seen || matchMedia("print").matches)
      return;
    seen = document.body.clientWidth;
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(redraw);
  }).observe(document.body);
  redraw();
})();
