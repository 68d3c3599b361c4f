// Runs axe and returns a short description of each serious or critical violation.
const [tags, done] = arguments;
const serious = ["serious", "critical"];
axe.run(document, { runOnly: tags, resultTypes: ["violations"] }).then(
  results => done(results.violations.filter(found => serious.includes(found.impact)).map(found => ({
    id: found.id,
    impact: found.impact,
    help: found.help,
    nodes: found.nodes.slice(0, 5).map(node => ({ html: node.html.slice(0, 200), why: node.failureSummary })),
  }))),
  error => done(String(error)),
);
