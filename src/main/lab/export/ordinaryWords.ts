import { builtinClaims, claimForms, claimQuantities, claimVerdicts } from '../../../shared/claim';
import { domains, provenances } from '../../../shared/meter';
import { elemTypes, families } from '../../../shared/model';
import { engines, presetNames, providers } from '../../../shared/plan';
import { reasons } from '../../../shared/reasons';
import { phases, runStatuses, uiModes, verdicts } from '../../../shared/run';
import { transformKinds } from '../../../shared/transform';
import { wallKinds } from '../../../shared/wallMeter';

/** Accounts and machines that come with a system, or that a cloud or a container hands out: no person is called so. */
const system = `
  account adm admin administrator alpine android apache appuser arch archlinux aws azure bash bin build builder buildkite centos
  circleci cloud code colab conda container coder daemon db debian default deploy desktop dev developer devuser docker ec2-user
  email fedora ftp games gitlab gitpod github guest home host ibm imac jenkins jovyan jupyter kaggle kali kvm laptop linux
  localdomain localhost lxd mac macbook macbook-air macbook-pro mac-mini macmini mail mint nas node nobody nvidia office opc
  operator oracle owner public pc pi pod podman postgres raspberry raspberrypi redhat remote replit rocky root runner
  runneradmin sandbox server service shared ssh staff student studio sudo suse sys system systemd temp test tester tests tmp
  ubuntu unknown user username users vagrant vcap virtual virtualbox vm vmware vps vscode web windows wsl www www-data work
  worker workspace workstation xps zsh`;

/** What replaces a sign of a person, and words of the records: their keys, values and sentences would be wrecked. */
const records = `
  absolute accuracies claim engines phases presets providers verdicts accuracy activation active actual address against agreement all and any app approximately architecture
  area arithmetic arm assignment assumed attempt auto axis background badge balanced band base baseline batch batches battery
  bits block blocks bound boundary bytes cached calibration calls cancel capacity capi caption case cause central chance change
  check choosing classes clock close closed codes cold columns commit comparison complementary completed condition conditions
  configuration console constant contains control convention convolution core cores correct cost costs count counter counts cpu
  cpuexecutionprovider criteria criterion current curve curves data dataset date decoder decoders delivery dense depth device
  devices difference dims distilled diverged documented domain dram driver duration duty early edge effective efficiency empty
  energy engine entry equal equalities error errors essay estimate estimated eta event every everyday exact exactly example
  examples expected experiment explicit exponent exponents export extrapolated fact factor facts fails failure fallback false
  family features fewer figures file files fill findings first fits fixed flagged floats floor for form fourier fraction from
  front full gain gap gather gauge gemm glance governor gpu gpus graph gross group guides half hardware hash head headless
  headline health heavy held hidden high holds horizontal how idle image import imported inconclusive index inference inferences
  input inputs interval invalid item items iterations joule joules kept kernel key kind lab label ladder lane large largest last
  latency launch layer layers layout layouts left length level levers licence license light like limit limited line linear load
  local log logistic logit logits loss lost low lower machine macs marginal mark marks mask masked matmul max mean measure
  measured median memory message meter meters method midpoint mig min missing mixed mlp mode model models modulus momentum mon
  money move moved movement name names nan nat nearest net nets network nll nodes noise nominal none nonzero normal normalise
  not note notes null number nvml nystrom off offset one onnx onnxruntime open operator operators opsets options ordinal
  ordinary origin ours outcome output outputs overhead package page panels paper parameters part parts pass path per percent
  performance persistence phase place plan platform play points position possible power precision prediction premise premises
  preset producer product protocol provenance provider prune pruned published quantised quantity queries quick rapl rate rates
  ratio raw read reading readings reads reason rebound recipe recomputed record reference references refuted relation relative
  release relu remedy rent repeat repeats replay rest result results revenue ridge rises robustness role row rows rule rules run
  rungs runs sample samples saving scale sceptic schema score scores seconds secret seed seeds self sensor sentence seq sequence
  series session set shape share side sigkill sigma signal sigsegv simulated size slope slopes slot small softmax solid source
  sources space sparse sparsity spec speedup spikes split standard start state stated statement states status std step steps
  storage stride sum superposed superposition supported table tables tanh teacher temp tensor text the theirs theorem thread
  threads threshold throttle throughput ticks time times title token tool top topk total trace train trained training trapezoid
  trial triangle trillion true turn two type undecided uniform unit units update upper uses uuid value values variant variants
  verdict version vertical virtualized void wall warm warmup watt watts webgpuexecutionprovider weight weights what width window
  windows winners with within woken won write zero zeros`;

/** Ordinary English that people and machines are also called; authors and methods that the records cite. */
const english = `
  april art august autumn bay bear bell best big bill bird black blue boss box brain bright brook brown cat chance charm chase chip
  city coach cook cool crisp dale dawn day deep diamond dog dot drew eagle earth east eve faith falcon fast field fire fish forest
  fort fox frank free galaxy gem giant glen gold good grace grant gray great green grey guy hand happy harp hawk hill home hope hunt
  hunter iron ivy jack jet joy july june jupiter king lake lambda lark leaf life lily lion little long love lucky lynx mark mars mason
  matrix may mercury mini moon neptune new night north nova ocean old olive orange page pat pearl penny phoenix pine pink price pure
  purple rain raven ray red river rob robin rock rocket rose ruby sage sail sandy saturn sea shadow shield short silver sky snow
  south spark spring star stone storm summer sun sunny swift tiger titan tower tree tux ula uranus venus violet voice water wave way
  west white wild will willow win wind winter wolf wood woods yellow young
  bonferroni bootstrap cai brown dasgupta davis domingos donner fisher gauss harrell holm huber jarrett lorentz maritz newey newton
  nyquist ohm pareto scott sen shannon spearman student theil turing volt walsh welch wilcoxon wilson zou`;

const listed = [
  ...[
    providers,
    engines,
    presetNames,
    verdicts,
    runStatuses,
    phases,
    uiModes,
    domains,
    provenances,
    elemTypes,
    families,
  ],
  ...[
    builtinClaims,
    claimForms,
    claimQuantities,
    claimVerdicts,
    transformKinds,
    wallKinds,
    Object.keys(reasons),
  ],
].flat();

const words = new Set(
  [system, records, english, ...listed].join(' ').toLowerCase().split(/\s+/).filter(Boolean),
);
/** Pieces of values such as `cpu.package` or `cool_down` too. */
for (const value of listed) for (const part of value.toLowerCase().split(/[^a-z0-9]+/)) words.add(part);

/** Replacing this word would say nothing of a person and might wreck data. */
export const isOrdinary = (name: string): boolean => words.has(name.toLowerCase());
