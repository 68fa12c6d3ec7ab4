/**
 * Counts the tests of a vitest run from its JSON report and exit code, so that nothing that went wrong counts as fine:
 * a file that could not be loaded or set up is one failure, a bad exit code without any failure is one, no report is one.
 *
 * @param {{ testResults: { status: string, assertionResults: { status: string }[] }[] } | undefined} report
 * @param {number} code
 */
export function countTests(report, code) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of report?.testResults ?? []) {
    for (const { status } of file.assertionResults) {
      counts[status === 'passed' || status === 'failed' ? status : 'skipped'] += 1;
    }
    const blamed = file.assertionResults.some(({ status }) => status === 'failed');
    if (file.status === 'failed' && !blamed) counts.failed += 1;
  }
  if (counts.failed === 0 && (code !== 0 || report === undefined)) counts.failed = 1;
  return counts;
}
