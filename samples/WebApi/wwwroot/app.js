'use strict';

const $ = id => document.getElementById(id);
let latest = 0;                                     // an answer to an earlier image comes too late

function say(text, fault = false) {
  $('status').textContent = text;
  $('status').className = fault ? 'fault' : '';
}

async function score(image) {
  const mine = ++latest;
  say('scoring …');
  const start = performance.now();
  let answer, body;
  try {
    answer = await fetch('shares?mask=true', { method: 'POST', headers: { 'Content-Type': image.type || 'application/octet-stream' }, body: image });
    body = await answer.json();
  } catch {
    if (mine === latest) say('The server does not answer. Is the image larger than it takes?', true);
    return;
  }
  if (mine !== latest) return;
  if (!answer.ok) {
    say(body.detail ?? body.title, true);
    return;
  }
  URL.revokeObjectURL($('photo').src);
  $('photo').src = URL.createObjectURL(image);
  $('mask').src = 'data:image/png;base64,' + body.mask;
  $('classes').replaceChildren(...body.classes.map(row));
  $('result').hidden = false;
  say(`${body.width} x ${body.height} pixels in ${Math.round(performance.now() - start)} ms`);
}

function row({ name, color, share }) {
  const line = document.createElement('tr');
  line.insertCell().append(swatch(color), name);
  line.insertCell().textContent = (100 * share).toFixed(1) + ' %';
  return line;
}

// The page's policy allows no style in an element: a colour is an attribute of a picture.
function swatch(color) {
  const space = 'http://www.w3.org/2000/svg', picture = document.createElementNS(space, 'svg'), box = document.createElementNS(space, 'rect');
  picture.setAttribute('aria-hidden', 'true');
  box.setAttribute('width', '100%');
  box.setAttribute('height', '100%');
  box.setAttribute('fill', color);
  picture.append(box);
  return picture;
}

$('file').addEventListener('change', () => {
  if ($('file').files.length) score($('file').files[0]);
  $('file').value = '';                             // the same file may be chosen again
});

for (const kind of ['dragenter', 'dragover', 'dragleave', 'drop']) {
  document.addEventListener(kind, event => {
    event.preventDefault();
    $('drop').classList.toggle('over', kind === 'dragenter' || kind === 'dragover');
    if (kind === 'drop' && event.dataTransfer.files.length) score(event.dataTransfer.files[0]);
  });
}

$('opacity').addEventListener('input', () => {
  $('mask').style.opacity = $('opacity').value / 100;
  $('percent').textContent = $('opacity').value + ' %';
});

$('open-camera').addEventListener('click', async () => {
  try {
    $('view').srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
    $('camera').hidden = false;
    $('take').focus();
  } catch {
    say('There is no camera, or it may not be used. Browsers give one to https and localhost alone.', true);
  }
});

function closeCamera() {
  $('view').srcObject?.getTracks().forEach(track => track.stop());
  $('view').srcObject = null;
  $('camera').hidden = true;
  $('open-camera').focus();
}

$('close-camera').addEventListener('click', closeCamera);
$('take').addEventListener('click', () => {
  const still = document.createElement('canvas');
  [still.width, still.height] = [$('view').videoWidth, $('view').videoHeight];
  still.getContext('2d').drawImage($('view'), 0, 0);
  still.toBlob(score, 'image/jpeg', 0.92);
  closeCamera();
});
