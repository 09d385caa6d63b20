(function(){
"use strict";
var SHOWN=100;
function each(list,f){Array.prototype.forEach.call(list,f)}
function fill(words,values){return words.replace(/\{(\d)\}/g,function(_,n){return values[n]})}
function table(form){
 var t=document.getElementById(form.dataset.for);
 if(!t||!t.tBodies[0])return;
 var body=t.tBodies[0],rows=Array.prototype.slice.call(body.rows),kept=rows,at=0;
 var get=function(name){return form.querySelector('[data-f="'+name+'"]')};
 var q=get('q'),c=get('c'),e=get('e'),out=form.querySelector('output');
 var pager=form.querySelector('.pager'),label=form.querySelector('[data-page]');
 var texts=null;
 function show(){
  var pages=Math.max(1,Math.ceil(kept.length/SHOWN));
  at=Math.min(Math.max(at,0),pages-1);
  var part=kept.slice(at*SHOWN,(at+1)*SHOWN),frag=document.createDocumentFragment();
  part.forEach(function(row){frag.appendChild(row)});
  body.textContent='';body.appendChild(frag);
  pager.hidden=pages<2;
  each(form.querySelectorAll('[data-p]'),function(b){b.disabled=at+Number(b.dataset.p)<0||at+Number(b.dataset.p)>=pages});
  label.textContent=fill(label.dataset.words,[at+1,pages]);
  out.textContent=fill(out.dataset.words,[kept.length,rows.length]);
 }
 function filter(){
  var s=q?q.value.trim().toLowerCase():'';
  if(s&&!texts)texts=new Map(rows.map(function(row){return[row,row.textContent.toLowerCase()]}));
  kept=rows.filter(function(row){
   return(!s||texts.get(row).indexOf(s)>=0)&&(!c||!c.value||row.dataset.c===c.value)&&(!e||!e.checked||row.dataset.e==='0')});
  at=0;show();
 }
 form.hidden=false;
 form.addEventListener('submit',function(ev){ev.preventDefault()});
 [q,c,e].forEach(function(x){if(x)x.addEventListener('input',filter)});
 each(form.querySelectorAll('[data-p]'),function(button){button.addEventListener('click',function(){at+=Number(button.dataset.p);show()})});
 var heads=t.tHead.rows[0].cells;
 each(heads,function(h,i){
  var k=document.createElement('button');k.type='button';k.className='sort';k.textContent=h.textContent;h.textContent='';h.appendChild(k);
  k.addEventListener('click',function(){
   var up=h.getAttribute('aria-sort')!=='ascending';
   each(heads,function(x){x.removeAttribute('aria-sort')});
   h.setAttribute('aria-sort',up?'ascending':'descending');
   var key=function(row){var cell=row.cells[i];return cell.dataset.v!==undefined?cell.dataset.v:cell.textContent};
   var keyed=rows.map(function(row,n){return[key(row),n,row]});
   keyed.sort(function(x,y){
    var z=h.dataset.s==='n'?Number(x[0])-Number(y[0]):x[0]<y[0]?-1:x[0]>y[0]?1:0;
    return(up?z:-z)||x[1]-y[1]});
   rows=keyed.map(function(k){return k[2]});filter()})});
 window.addEventListener('beforeprint',function(){var frag=document.createDocumentFragment();kept.forEach(function(r){frag.appendChild(r)});body.appendChild(frag)});
 window.addEventListener('afterprint',show);
 function jump(){
  var id=decodeURIComponent(location.hash.slice(1)),n=-1;
  if(!id)return;
  rows.forEach(function(row){if(row.id===id)n=1});
  if(n<0)return;
  if(q)q.value='';if(c)c.value='';if(e)e.checked=false;
  filter();
  kept.forEach(function(row,i){if(row.id===id)at=Math.floor(i/SHOWN)});
  show();
  var row=document.getElementById(id);
  if(row){row.classList.add('here');row.scrollIntoView({block:'center'})}
 }
 show();
 window.addEventListener('hashchange',jump);
 jump();
}
each(document.querySelectorAll('form.tools'),table);
})();
