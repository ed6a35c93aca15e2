"""Metrics of rules. Their names, and most others here, are Socorro's own."""

from moonwalk.metrics.declaration import OTHER, Unit, counter, dimension, size, timing

RULES = (
    *("AccessibilityRule", "AddonsRule", "AndroidCPUInfoRule", "AndroidOSInfoRule"),
    *("BetaVersionRule", "BreadcrumbsRule", "CPUInfoRule", "CollectorMetadataRule"),
    *("ConvertModuleSignatureInfoRule", "CopyFromRawCrashRule", "CrashInconsistenciesRule"),
    *("CrashReportKeysRule", "CrashingThreadInfoRule", "DatesAndTimesRule", "DeNoneRule"),
    *("DeNullRule", "DistributionIdRule", "ESRVersionRewrite", "FenixVersionRewriteRule"),
    *("HasGuardPageAccessRule", "IdentifierRule", "JavaStackTraceRule", "MacBootArgsRule"),
    *("MacCrashInfoRule", "MajorVersionRule", "MemoryReportExtraction", "MinidumpSha256HashRule"),
    *("MinidumpStackwalkRule", "MissingSymbolsRule", "ModuleURLRewriteRule", "ModulesInStackRule"),
    *("MozCrashReasonRule", "OSInfoRule", "OSPrettyVersionRule", "OutOfMemoryBinaryRule"),
    *("PHCRule", "PlatformInfoRule", "PluginRule", "PossibleBitFlipsRule", "ProcessTypeRule"),
    *("ReportTypeRule", "RestoreCrashingThreadRule", "ShutDownHangCrashingThreadRule"),
    *("SignatureGeneratorRule", "SoftErrorsRule", "SubmittedFromRule", "ThemePrettyNameRule"),
    *("ThreadCountRule", "TopMostFilesRule", "TruncateStacksRule", "UtilityActorsNameRule"),
)
"""Of all profiles. A rule that is missing here is timed as `other`, and a test names it."""
EXIT_CODES = (0, 1, 2, 81, 82, 83, 84, 85, 86, 87, 101, -6, -7, -9, -11)
"""The stackwalker's own (docs/stackwalker.md), and abort, bus error, kill and fault by signal."""

RULE_TIME = timing(
    "processor.rule.act.timing",
    "Time of one rule over one crash, told once a minute by each process; a team's own rules are "
    "`other`.",
    dimension("rule", RULES, OTHER),
    gathered=True,
)
NULLS = counter("processor.denullrule.has_nulls", "Crashes with NUL in annotations.")
NONES = counter("processor.denonerule.had_nones", "Crashes with annotations that are null.")
WALKED = counter(
    "processor.minidumpstackwalk.run",
    "Walked minidumps, by success and exit code.",
    dimension("outcome", "success", "fail"),
    dimension("exitcode", map(str, EXIT_CODES), OTHER),
)
STACK_SIZE = size(
    "processor.truncatestackrule.stack_size", Unit.COUNT, "Frames of a truncated stack."
)
STACKS_TRUNCATED = counter("processor.truncatestackrule.truncated", "Stacks that were truncated.")
VERSION_CACHE = counter(
    "processor.betaversionrule.cache",
    "Versions of builds that were wanted, by whether they were remembered.",
    dimension("result", "hit", "miss"),
)
VERSION_LOOKUP = counter(
    "processor.betaversionrule.lookup",
    "Versions of builds that were looked up, by whether one was found.",
    dimension("result", "success", "fail"),
)
