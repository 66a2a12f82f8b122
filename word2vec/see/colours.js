/* Colours of the points and of what explains them. */

const CLUSTERS = {
  light: ["#3568d4", "#d9702b", "#2f9560", "#c4406a", "#8358c7", "#94751f", "#1f8fa3", "#c653a0",
    "#647a22", "#5a6a80", "#ad5334", "#46857c"],
  dark: ["#7ea6ff", "#ffa261", "#62cf96", "#ff86a8", "#b99aff", "#dcbc5a", "#5fd0e4", "#f295d3",
    "#b3cc63", "#a3b3ca", "#e99a78", "#86cfc3"],
};
// From what stands back to what stands out; even steps of lightness, safe for colour-blind eyes.
const RAMPS = {
  light: ["#c9d3dc", "#8fb7c9", "#4a92b5", "#2a63a3", "#35267f"],
  dark: ["#343c50", "#35618c", "#2f93a8", "#74c48b", "#f4e26b"],
};

function rgb(hex) {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
}

/* The colour at `share` (0 to 1) of a ramp of colours. */
function mix(ramp, share) {
  const at = Math.min(Math.max(share, 0), 0.9999) * (ramp.length - 1);
  const step = Math.floor(at);
  return ramp[step].map((value, d) => value + (at - step) * (ramp[step + 1][d] - value));
}

class Colours {
  constructor(vectors, texts) {
    Object.assign(this, { vectors, texts, by: "cluster", cluster: -1 });
    this.shares = frequencyShares(vectors);
  }

  /* A function that gives the colour of each word, for Points.colour. */
  tint(theme, cosines) {
    const { vectors, shares } = this;
    const ramp = RAMPS[theme].map(rgb);
    const strength = theme === "dark" ? 225 : 205;
    if (this.by === "frequency") return (i) => [...mix(ramp, shares[i]), strength];
    if (this.by === "similarity") {
      if (!cosines) return () => [...ramp[0], strength];
      // From the median to the few most similar: the rest is alike in being unlike.
      const sorted = cosines.slice().sort();
      const low = sorted[sorted.length >> 1], high = sorted[Math.floor(0.999 * (sorted.length - 1))];
      return (i) => [...mix(ramp, (cosines[i] - low) / (high - low || 1)), strength];
    }
    const palette = CLUSTERS[theme].map(rgb);
    return (i) => {
      const cluster = vectors.clusters[i];
      const back = this.cluster >= 0 && cluster !== this.cluster;
      return [...palette[cluster % palette.length], back ? 26 : strength];
    };
  }

  shown(i) {
    return this.by !== "cluster" || this.cluster < 0 || this.vectors.clusters[i] === this.cluster;
  }

  /* Fill the legend; `change` is called when a cluster is chosen there. */
  legend(theme, word, change) {
    const legend = byId("legend");
    if (this.by !== "cluster") {
      const { rare, frequent, unlike, like, chooseFirst } = this.texts;
      const ramp = element("span", { className: "ramp" });
      ramp.style.background = `linear-gradient(90deg, ${RAMPS[theme].join(",")})`;
      const ends = this.by === "frequency" ? [rare, frequent]
        : [unlike, word === null ? chooseFirst : fill(like, { word })];
      legend.replaceChildren(ends[0], ramp, ends[1]);
      return;
    }
    legend.replaceChildren(...this.vectors.clusterNames.map((name, cluster) => {
      const spot = element("i");
      spot.style.background = CLUSTERS[theme][cluster % CLUSTERS[theme].length];
      const button = element("button", { type: "button", title: name }, spot, element("span", {}, name));
      button.setAttribute("aria-pressed", cluster === this.cluster);
      button.onclick = () => {
        this.cluster = cluster === this.cluster ? -1 : cluster;
        change();
        byId("legend").children[cluster].focus();
      };
      return button;
    }));
  }
}
