const JOBS = '/data/core/ups/export/jobs';
const request = { destination: { datasetId: 'dataset' }, schema: { name: '_xdm.context.profile' } };

async function show() {
  const { records } = await (await fetch(`${JOBS}?limit=10`)).json();
  const lines = records.map(({ id, status }) =>
    Object.assign(document.createElement('li'), { textContent: `${id} ${status}` }),
  );
  document.querySelector('ul').replaceChildren(...lines);
}

document.querySelector('button').addEventListener('click', async () => {
  const body = JSON.stringify(request);
  await fetch(JOBS, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  await show();
});
setInterval(show, 2000);
await show();
