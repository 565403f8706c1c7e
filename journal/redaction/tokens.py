"""Tokens that say by their beginning whose they are.

The sieve looks at every run of 18 characters and more of A-Z, a-z, 0-9, `_`, `-`, `.`, `~` for one
of the literals; a pattern is matched where the run begins. So a literal is the very beginning.
Rules without one are tried on runs of the shapes that the sieve lets pass.
"""

from binascii import a2b_base64

from journal.redaction.likeness import rarity
from journal.redaction.rule import Rule

_W = "[A-Za-z0-9]"
_B = "[A-Za-z0-9_-]"
_H = "[0-9a-fA-F]"


def _drawn(text: str) -> bool:
    """Whether it has characters of many kinds."""
    return len(set(text)) > 9


def _mixed(text: str) -> bool:
    """Whether it has digits, or letters as words have not, and no long row of the same."""
    body = text[4:124]
    varied = len(set(body)) > 6 and "xxxx" not in body and "XXXX" not in body
    return varied and (any(map(str.isdigit, body)) or rarity(body) > 4.9)


def _long_piece(text: str) -> bool:
    """Whether one part of it is as long as a key's and has capitals or digits among the rest."""
    return any(len(part) >= 20 and any(map(str.isdigit, part)) for part in text.split("-"))


def _slack(text: str) -> bool:
    long = [part for part in text.split("-") if len(part) >= 10]
    drawn = any(any(map(str.isdigit, part)) for part in long)
    return _mixed(text) and (drawn or sum(map(str.isdigit, text)) > 5)


def _wrapped_key(text: str) -> bool:
    """Whether it is the base64 of a private key's first line."""
    start = "".join(text.split())[:80].rstrip("=")
    return b"PRIVATE KEY" in a2b_base64(start[: len(start) // 4 * 4])


def _cased(text: str) -> bool:
    body = text[2:]
    digits = sum(map(str.isdigit, body))
    return digits >= 2 and body.lower() != body and body.upper() != body


TOKENS = [
    Rule("aws-access-key", "AKIA ASIA ABIA ACCA", r"A[KSBC][IC]A[A-Z0-9]{16}(?![A-Za-z0-9])",
         "AKIA{u16}", "AKIA{u9}").but(accept=_drawn),
    Rule("aws-bedrock-key", "ABSK bedrock-api-key-",
         r"ABSK[A-Za-z0-9+/]{100,}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{20,}={0,2}",
         "ABSK{w120}", "ABSK{w20}"),
    Rule("aws-mws-token", "amzn.mws. amzn1.oa2-cs.v1.",
         r"amzn\.mws\.[0-9a-f-]{36}|amzn1\.oa2-cs\.v1\.[0-9a-f]{64}",
         "amzn1.oa2-cs.v1.{h64}", "amzn1.oa2-cs.v1.{h20}"),
    Rule("gcp-api-key", "AIza", rf"AIza{_B}{{35,}}", "AIza{w35}", "AIza{w20}").but(accept=_mixed),
    Rule("google-oauth", "GOCSPX- ya29.", rf"GOCSPX-{_B}{{20,}}|ya29\.{_B}{{20,}}",
         "GOCSPX-{w28}", "GOCSPX-{w8}-{w5}"),
    Rule("github-token", "ghp_ gho_ ghu_ ghs_ ghr_",
         r"gh[pousr]_(?:[A-Za-z0-9]{30,}|\d+_eyJ[\w.-]{30,})", "ghp_{w36}", "ghp_{w20}")
    .but(accept=_mixed),
    Rule("github-fine-grained-token", "github_pat_", r"github_pat_\w{30,}",
         "github_pat_{w22}_{w59}", "github_pat_{w12}").but(accept=_mixed),
    Rule("gitlab-token",
         "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-"
         " glwt- GR1348941", r"(?:gl[a-z]{2,5}-|GR1348941)[\w.=-]{16,}",
         "glpat-{w20}", "glpat-{w8}-abcd")
    .but(accept=_mixed),
    Rule("slack-token", "xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp- xwfp-",
         r"(?:xoxe\.)?(?:xox[a-z]|xapp|xwfp)-[A-Za-z0-9_%-]{10,}",
         "xoxb-{d12}-{d12}-{w24}", "xoxb-slack-bot-token").but(accept=_slack),
    Rule("stripe-key", "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_",
         r"(?:[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{24,})",
         "sk_live_{w24}", "sk_live_key"),
    Rule("anthropic-key", "sk-ant-", rf"sk-ant-{_B}{{30,}}", "sk-ant-api03-{w93}AA", "sk-ant-{w12}")
    .but(accept=_mixed),
    Rule("openai-key", "sk-", rf"sk-(?:proj-|svcacct-|admin-|or-v1-|lf-|None-)?{_B}{{16,}}",
         "sk-proj-{w48}", "sk-fading-circle-12-segments")
    .but(accept=lambda text: _mixed(text) and _long_piece(text)),
    Rule("huggingface-token", "hf_ api_org_",
         r"(?:hf_|api_org_)[A-Za-z]{30,}\b|hf_[A-Za-z0-9]{30,}",
         "hf_{w34}", "hf_{w20}").but(accept=lambda text: len(set(text)) > 9),
    Rule("npm-token", "npm_", r"npm_[A-Za-z0-9]{36,}", "npm_{w36}", "npm_{w20}").but(accept=_mixed),
    Rule("pypi-token", "pypi-AgE", rf"pypi-AgE{_B}{{40,}}", "pypi-AgEIcHlwaS5vcmc{w60}",
         "pypi-AgEI{w12}"),
    Rule("rubygems-key", "rubygems_", r"rubygems_[0-9a-f]{48}", "rubygems_{h48}", "rubygems_{h30}"),
    Rule("crates-token", "cio", r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])", "cio{w32}", "cio{w20}")
    .but(accept=_mixed),
    Rule("clojars-token", "CLOJARS_", r"CLOJARS_[a-z0-9]{60}", "CLOJARS_{k60}", "CLOJARS_{k20}"),
    Rule("nuget-key", "oy2", r"oy2[a-z0-9]{43}(?![A-Za-z0-9])", "oy2{k43}", "oy2{k20}"),
    Rule("docker-token", "dckr_pat_ dckr_oat_ SWMTKN-1-", rf"(?:dckr_[po]at_|SWMTKN-1-){_B}{{20,}}",
         "dckr_pat_{w27}", "dckr_pat_{w10}").but(accept=_mixed),
    Rule("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"do[por]_v1_[0-9a-f]{64}",
         "dop_v1_{h64}", "dop_v1_{h20}"),
    Rule("heroku-key", "HRKU-", rf"HRKU-{_B}{{30,}}", "HRKU-AA{w56}", "HRKU-AA{w12}"),
    Rule("sendgrid-key", "SG.", r"SG\.[\w=-]{16,32}\.[\w=-]{30,64}|SG\.[\w.=-]{60,72}",
         "SG.{w22}.{w43}", "SG.{w22}.{w12}"),
    Rule("mailgun-key", "key- pubkey-", r"(?:pub)?key-[0-9a-f]{32}(?![0-9A-Za-z])", "key-{h32}",
         "key-{h20}"),
    Rule("mailchimp-key", "", r"[0-9a-f]{32}-us\d{1,2}(?![0-9A-Za-z])", "{h32}-us12", "{h32}-as12"),
    Rule("brevo-key", "xkeysib- xsmtpsib-", r"x(?:key|smtp)sib-[0-9a-f]{64}-\w{16}",
         "xkeysib-{h64}-{w16}", "xkeysib-{h32}"),
    Rule("twilio-key", "SK", r"SK[0-9a-fA-F]{32}(?![0-9A-Za-z])", "SK{h32}", "SK{h30}"),
    Rule("shopify-token", "shpat_ shpca_ shppa_ shpss_ shptka_", r"shp(?:at|ca|pa|ss|tka)_\w{32,}",
         "shpat_{h32}", "shpat_{h20}"),
    Rule("square-token", "sq0atp- sq0csp- EAAA",
         rf"sq0[a-z]{{3}}-{_B}{{22,}}|EAAA{_B}{{60}}(?!{_B})",
         "sq0atp-{w22}", "sq0atp-{w12}"),
    Rule("facebook-token", "EAAC EAAM EAAB EAAD EAAG", r"EAA[A-Z][A-Za-z0-9]{80,}", "EAAC{w120}",
         "EAAC{w40}").but(accept=_mixed),
    Rule("atlassian-token", "ATATT3 ATCTT3 ATBB ATTA",
         rf"AT(?:[AC]TT3[\w=-]{{100,}}|BB{_W}{{32}}|TA{_W}{{72}})",
         "ATATT3{w180}", "ATATT3{w30}"),
    Rule("linear-key", "lin_api_ lin_oauth_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}",
         "lin_api_{w40}", "lin_api_{w20}"),
    Rule("notion-token", "ntn_ secret_",
         r"ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])",
         "ntn_{d11}{w35}", "ntn_{d11}"),
    Rule("grafana-token", "glc_ glsa_",
         r"glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}",
         "glsa_{w32}_{h8}", "glsa_{w20}"),
    Rule("vault-token", "hvs. hvb. hvr.", rf"hv[sbr]\.{_B}{{20,}}", "hvs.{w90}", "hvs.{w12}")
    .but(accept=_mixed),
    Rule("vault-legacy-token", "s. b. r.", r"[sbr]\.[A-Za-z0-9]{24}(?![\w.(-])", "s.{w24}",
         "s.AcceptanceTimeoutSeconds").but(accept=_cased),
    Rule("databricks-token", "dapi", rf"dapi{_H}{{32}}(?:-\d)?(?![0-9A-Za-z])",
         "dapi{h32}", "dapi{h20}"),
    Rule("planetscale-token", "pscale_pw_ pscale_tkn_ pscale_oauth_",
         r"pscale_(?:pw|tkn|oauth)_[\w=.-]{30,}", "pscale_pw_{w43}", "pscale_pw_{w12}"),
    Rule("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
         r"dp\.[a-z]{2,5}\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,}", "dp.pt.{w43}", "dp.pt.{w20}"),
    Rule("age-key", "AGE-SECRET-KEY-1 age-secret-key-1", r"(?i:AGE-SECRET-KEY-1[0-9A-Z]{58})",
         "AGE-SECRET-KEY-1{u58}", "AGE-SECRET-KEY-1{u20}"),
    Rule("jwt", "eyJ ZXlK",
         r"eyJ[\w-]{8,}={0,2}\.[\w/+-]{6,}={0,2}\.?[\w/+=-]*|ZXlK[A-Za-z0-9+/_-]{90,}={0,2}",
         "eyJ{w20}.eyJ{w40}.{w43}", "eyJ{w20}"),
    Rule("private-key", "LS0tLS1CRUdJTi",
         r"LS0tLS1CRUdJTi[A-Za-z0-9+/]{20,}(?:\s{1,40}[A-Za-z0-9+/]{50,76}(?![\w+/=]))*"
         r"(?:(?<=\w{50})\s{1,40}[A-Za-z0-9+/]{1,76})?={0,2}",
         "LS0tLS1CRUdJTi{w0}BQUklWQVRFIEtFWS0tLS0t{w60}",
         "LS0tLS1CRUdJTi{w0}BDRVJUSUZJQ0FURS0tLS0t{w60}")
    .but(accept=_wrapped_key),
    Rule("discord-token", "", r"[MNO][A-Za-z\d_-]{23,27}\.[\w-]{6}\.[\w-]{27,38}(?![\w.-])",
         "M{w23}.{w6}.{w27}", "M{w23}.{w5}.{w27}"),
    Rule("terraform-token", "", r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}", "{w14}.atlasv1.{w67}",
         "{w14}.atlasv1.{w20}"),
    Rule("airtable-token", "", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
         "pat{w14}.{h64}", "pat{w14}.{h20}"),
    Rule("mailgun-signing-key", "", r"[a-f0-9]{32}-[a-f0-9]{8}-[a-f0-9]{8}(?![0-9A-Za-z-])",
         "{h32}-{h8}-{h8}", "{h8}-{h8}-{h32}"),
    Rule("telegram-token", "", rf"(?<=\d{{5}}:){_B}{{35}}(?![\w-])",
         "{d10}:AA{w33}", "12:30:AA{w20}")
    .but(accept=_mixed),
    Rule("azure-client-secret", "", r"[\w~.-]{3}\dQ~[\w~.-]{28,40}", "abc8Q~{w34}", "abc8Q~{w12}"),
]  # fmt: skip
