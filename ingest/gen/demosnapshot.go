package gen

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding/japanese"
)

// crlf ends lines as Windows does.
func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// cp932 is text as the Japanese console writes it into a file.
func cp932(text string) ([]byte, error) {
	return japanese.ShiftJIS.NewEncoder().Bytes([]byte(crlf(text)))
}

// clientSnapshots writes output of commands that was collected on the client:
// of the console in CP932, of PowerShell and regedit in UTF-16.
func (d *demo) clientSnapshots(sink Sink) error {
	for _, f := range []struct{ path, text string }{
		{"systeminfo.txt", `
ホスト名:                   PC01
OS 名:                      Microsoft Windows 11 Enterprise
OS バージョン:              10.0.22631 N/A ビルド 22631
OS 製造元:                  Microsoft Corporation
OS 構成:                    メンバー ワークステーション
システム起動時間:           2025/03/18, 2:31:40
システムの種類:             x64-based PC
Windows ディレクトリ:       C:\Windows
システム ロケール:          ja;日本語
タイム ゾーン:              (UTC+09:00) 大阪、札幌、東京
物理メモリの合計:           16,223 MB
利用できる物理メモリ:       9,310 MB
ドメイン:                   contoso.com
ログオン サーバー:          \\DC01
ホットフィックス:           3 ホットフィックスがインストールされています。
                            [01]: KB5054156
                            [02]: KB5051989
                            [03]: KB5049624
`},
		{"netsh_winhttp_show_proxy.txt", `
現在の WinHTTP プロキシ設定:

    直接アクセス (プロキシ サーバーなし)。

`},
		{"ipconfig_all.txt", `
Windows IP 構成

   ホスト名. . . . . . . . . . . . . . .: PC01
   プライマリ DNS サフィックス . . . . .: contoso.com
   ノード タイプ . . . . . . . . . . . .: ハイブリッド

イーサネット アダプター イーサネット:

   接続固有の DNS サフィックス . . . . .: contoso.com
   物理アドレス. . . . . . . . . . . . .: 00-00-5E-00-53-21
   DHCP 有効 . . . . . . . . . . . . . .: はい
   IPv4 アドレス . . . . . . . . . . . .: 192.0.2.21(優先)
   サブネット マスク . . . . . . . . . .: 255.255.255.0
   デフォルト ゲートウェイ . . . . . . .: 192.0.2.1
   DNS サーバー. . . . . . . . . . . . .: 192.0.2.5
`},
		{"nslookup.txt", `サーバー:  dc01.contoso.com
Address:  192.0.2.5

名前:    cm01.contoso.com
Address:  192.0.2.10

`},
		{"gpresult.txt", `
Microsoft (R) Windows (R) Operating System グループ ポリシーの結果ツール v2.0
(c) Microsoft Corporation. All rights reserved.

作成日 2025/03/20 時刻 10:21:07


PC01 の CONTOSO\support 用 RSOP データ: ログ モード
-----------------------------------------------------

OS の構成:               メンバー ワークステーション
OS のバージョン:         10.0.22631
サイト名:                Tokyo

コンピューターの設定
---------------------
    CN=PC01,OU=Workstations,DC=contoso,DC=com
    グループ ポリシーの前回適用時間: 2025/03/20 時刻 9:41:12
    グループ ポリシーの適用元:       dc01.contoso.com

    適用されたグループ ポリシー オブジェクト
    -----------------------------------------
        Workstations - Baseline
        Default Domain Policy

    次の GPO は適用されませんでした。
    -----------------------------------------
        Local Group Policy
            フィルターで除外:  適用されませんでした (空)
`},
		{"sc_query_sc_qc.txt", services()},
		{"slmgr_dlv.txt", `ソフトウェア ライセンス サービスのバージョン: 10.0.22621.4890

名前: Windows(R), Enterprise edition
説明: Windows(R) Operating System, VOLUME_KMSCLIENT channel
ライセンスの状態: ライセンスされています
`},
		{"w32tm_status.txt", `閏インジケーター: 0 (警告なし)
階層: 4 (二次参照 - (S)NTP で同期)
ルート遅延: 0.0012343s
最終正常同期時刻: 2025/03/20 10:02:11
ソース: dc01.contoso.com
ポーリング間隔: 10 (1024s)
`},
	} {
		data, err := cp932(f.text)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		if err := d.file(sink, f.path, data); err != nil {
			return err
		}
	}
	registry := `Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate]
"WUServer"="http://cm01.contoso.com:8530"
"WUStatusServer"="http://cm01.contoso.com:8530"
"UpdateServiceUrlAlternate"="http://localhost:8005"
"DoNotConnectToWindowsUpdateInternetLocations"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows\WindowsUpdate\AU]
"UseWUServer"=dword:00000001
"NoAutoUpdate"=dword:00000001

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate]
"SusClientId"="5f0c4b1e-8f0d-4b61-9d0a-3f6a2a7f5e21"

[HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SMS\Mobile Client]
"ProductVersion"="5.00.9128.1007"
"AssignedSiteCode"="PS1"

`
	if err := d.file(sink, "WindowsUpdate.reg", wide(registry)); err != nil {
		return err
	}
	return d.file(sink, "Invoke-WebRequest.txt", wide(`Invoke-WebRequest : リモート サーバーがエラーを返しました: (503) サーバーを使用できません
発生場所 行:1 文字:1
+ Invoke-WebRequest http://cm01.contoso.com:8530/ClientWebService/client.asmx -UseBasicParsing
+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : InvalidOperation: (System.Net.HttpWebRequest:HttpWebRequest) [Invoke-WebRequest], WebException
    + FullyQualifiedErrorId : WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeWebRequestCommand

`))
}

// services is what sc says of the services that updates need.
func services() string {
	var b strings.Builder
	for _, s := range []struct{ name, start, state, path string }{
		{"bits", "3   DEMAND_START", "4  RUNNING", `C:\Windows\System32\svchost.exe -k netsvcs -p`},
		{"wuauserv", "3   DEMAND_START", "4  RUNNING", `C:\Windows\system32\svchost.exe -k netsvcs -p`},
		{"cryptsvc", "2   AUTO_START", "4  RUNNING", `C:\Windows\system32\svchost.exe -k NetworkService -p`},
		{"TrustedInstaller", "3   DEMAND_START", "1  STOPPED", `C:\Windows\servicing\TrustedInstaller.exe`},
		{"usosvc", "2   AUTO_START  (DELAYED)", "4  RUNNING", `C:\Windows\system32\svchost.exe -k netsvcs -p`},
		{"dosvc", "2   AUTO_START  (DELAYED)", "4  RUNNING", `C:\Windows\System32\svchost.exe -k NetworkService -p`},
		{"CcmExec", "2   AUTO_START  (DELAYED)", "4  RUNNING", `C:\Windows\CCM\CcmExec.exe`},
	} {
		account := "LocalSystem"
		if strings.Contains(s.path, "NetworkService") {
			account = `NT AUTHORITY\NetworkService`
		}
		fmt.Fprintf(&b, `
SERVICE_NAME: %[1]s
        TYPE               : 30  WIN32
        STATE              : %[3]s
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_PRESHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
        SERVICE_EXIT_CODE  : 0  (0x0)
        CHECKPOINT         : 0x0
        WAIT_HINT          : 0x0

[SC] QueryServiceConfig SUCCESS

SERVICE_NAME: %[1]s
        TYPE               : 30  WIN32
        START_TYPE         : %[2]s
        ERROR_CONTROL      : 1   NORMAL
        BINARY_PATH_NAME   : %[4]s
        LOAD_ORDER_GROUP   :
        TAG                : 0
        DISPLAY_NAME       : %[1]s
        DEPENDENCIES       : RpcSs
        SERVICE_START_NAME : %[5]s
`, s.name, s.start, s.state, s.path, account)
	}
	return b.String()
}

// serverSnapshots writes those of the site server, in English.
func (d *demo) serverSnapshots(sink Sink) error {
	if err := d.file(sink, "systeminfo.txt", wide(`
Host Name:                 CM01
OS Name:                   Microsoft Windows Server 2022 Standard
OS Version:                10.0.20348 N/A Build 20348
OS Manufacturer:           Microsoft Corporation
OS Configuration:          Member Server
System Boot Time:          2/14/2025, 11:04:22 PM
System Type:               x64-based PC
Windows Directory:         C:\Windows
System Locale:             en-us;English (United States)
Time Zone:                 (UTC+09:00) Osaka, Sapporo, Tokyo
Total Physical Memory:     32,767 MB
Available Physical Memory: 4,872 MB
Domain:                    contoso.com
Hotfix(s):                 2 Hotfix(s) Installed.
                           [01]: KB5051979
                           [02]: KB5050525
`)); err != nil {
		return err
	}
	return d.file(sink, "sc_query_WsusService.txt", wide(`
SERVICE_NAME: WsusService
        TYPE               : 10  WIN32_OWN_PROCESS
        STATE              : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)

SERVICE_NAME: W3SVC
        TYPE               : 30  WIN32
        STATE              : 4  RUNNING
                                (STOPPABLE, NOT_PAUSABLE, ACCEPTS_SHUTDOWN)
        WIN32_EXIT_CODE    : 0  (0x0)
`))
}
