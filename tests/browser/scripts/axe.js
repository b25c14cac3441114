// Runs axe with these tags; answers one line of facts for each rule that is broken.
async (tags) => {
  const runOnly = { type: "tag", values: tags };
  const preload = { assets: ["media"] }; // The one rule about style sheets is experimental.
  const found = await axe.run(document, { runOnly, preload, resultTypes: ["violations"] });
  return found.violations.map(({ id, help, nodes }) => ({
    id,
    help,
    targets: nodes.map((node) => node.target.join(" ")).slice(0, 3).join(" | "),
  }));
}
