"""The long tail of tokens: a beginning, then so many characters of one kind.

Looked for as those of `tokens` are.
"""

from journal.redaction.rule import Rule

_KINDS = {
    "b": "[A-Za-z0-9_-]", "c": "[A-Z0-9-]", "e": "[A-Za-z0-9_=.-]", "h": "[0-9a-fA-F]",
    "k": "[a-z0-9]", "s": "[A-Za-z0-9+/=_-]", "u": "[A-Z0-9]", "w": "[A-Za-z0-9]",
}  # fmt: skip
_SPELLED = {"b": "w", "c": "u", "e": "w", "s": "w"}

# name, beginnings, kind, how many at least
_TABLE = """
adobe-secret p8e- h 32
alibaba-key LTAI w 18
artifactory-key AKCp w 60
artifactory-token cmVmd w 58
authress-key sc_,ext_,scauth_,authress_ e 60
beamer-token b_ b 44
buildkite-token bkua_,bkct_ h 40
cerebras-key csk- k 40
circleci-token CCIPAT_,CCIPRJ_ b 40
clickhouse-key 4b1d w 38
cloudflare-token cfat_,cfut_,cfk_ w 40
cloudflare-ca-key v1.0- b 140
contentful-token CFPAT- b 40
defined-networking-token dnkey- e 40
deno-token ddp_,ddo_ w 36
dropbox-token sl. e 100
duffel-token duffel_live_,duffel_test_ e 36
dynatrace-token dt0c01.,dt0s01.,dt0s02. e 80
e2b-key e2b_ h 40
easypost-key EZAK,EZTK w 54
elevenlabs-key sk_ h 48
figma-token figd_,figo_ b 40
firecrawl-key fc- h 32
flutterwave-key FLWSECK_TEST-,FLWSECK-,FLWPUBK_TEST- b 12
flyio-token fo1_ b 40
flyio-macaroon fm1a_,fm1r_,fm2_ s 80
frameio-token fio-u- e 60
gocardless-token live_ b 40
groq-key gsk_ w 40
hubspot-token pat-na1-,pat-eu1-,pat-na2- b 36
infracost-key ico- w 32
intra42-secret s-s4t2ud-,s-s4t2af- h 64
jina-key jina_ w 50
lago-key lkr_ w 24
langsmith-key lsv2_pt_,lsv2_sk_ b 40
linkedin-secret WPL_AP1. e 16
logfire-token pylf_v1_ b 40
looker-key looker_ w 24
mapbox-token sk.eyJ,tk.eyJ e 60
maxmind-key maxmind_ b 30
mercadopago-token APP_USR- b 60
neon-key napi_ k 60
netlify-token nfp_ w 36
newrelic-key NRAK-,NRIQ-,NRII- b 27
newrelic-browser-key NRJS- h 19
nvidia-key nvapi- b 50
octopus-key API- u 26
onepassword-key A3- c 30
onepassword-token ops_eyJ s 60
openshift-token sha256~ b 43
perplexity-key pplx- w 40
plaid-token access-sandbox-,access-development-,access-production- b 36
polar-token polar_oat_,polar_pat_ w 30
postman-key PMAK- b 50
postman-token PMAT- b 20
posthog-key phx_ w 40
prefect-key pnu_,pnb_ k 36
pulumi-token pul- h 40
razorpay-key rzp_live_,rzp_test_ w 14
readme-key rdme_ k 70
render-key rnd_ w 24
replicate-token r8_ w 36
resend-key re_ b 30
scalingo-token tk-us- b 46
sentry-org-token sntrys_ s 60
sentry-user-token sntryu_ h 64
settlemint-token sm_aat_,sm_pat_,sm_sat_ w 16
shippo-key shippo_live_,shippo_test_ h 40
sonar-token squ_,sqp_,sqa_ w 40
sourcegraph-token sgp_local_,sgp_ b 40
sourcegraph-license-key slk_ h 60
supabase-key sbp_ h 40
supabase-secret-key sb_secret_ b 24
tailscale-key tskey- b 24
tavily-key tvly- b 24
tencent-key AKID w 32
trigger-key tr_dev_,tr_prod_ w 20
typeform-token tfp_ b 55
ubidots-token BBFF- w 30
vercel-token vcp_,vci_,vca_,vcr_,vck_ w 24
wakatime-key waka_ b 36
weights-and-biases-key wandb_v1_ b 40
xai-key xai- b 60
yandex-key YCAJ,YCDK,AQVN b 34
yandex-token t1.,y0_ e 50
zapier-token zap_ w 32
"""


_HEX = frozenset("0123456789abcdef")


def _varied(text: str) -> bool:
    if text.startswith("4b1d") and _HEX.issuperset(text):
        return False  # of 65,536 digests one begins so
    return len(set(text)) > 8 and "EXAMPLE" not in text and any(map(str.isdigit, text[3:]))


def _rule(name: str, beginnings: str, kind: str, least: str) -> Rule:
    starts = beginnings.split(",")
    one = "|".join(start.replace(".", r"\.") for start in starts)
    spelled = _SPELLED.get(kind, kind)
    return Rule(
        name,
        " ".join(starts),
        f"(?:{one}){_KINDS[kind]}{{{least},}}",
        f"{starts[0]}{{{spelled}{least}}}",
        f"{starts[0]}{{{spelled}9}}-",
    ).but(accept=_varied)


BEGINNINGS = [_rule(*row.split()) for row in _TABLE.strip().splitlines()]
